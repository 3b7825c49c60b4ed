import { defineMdastPlugin } from "satteri";

/** Links of pages are written from the root ("/guide/…"); this puts the base that the site is served under before them. */
export const baseLinks = (base) =>
  defineMdastPlugin({
    name: "base-links",
    link: (node, context) => {
      const prefix = base.replace(/\/$/, "");
      if (!prefix || !node.url.startsWith("/") || node.url.startsWith(`${prefix}/`)) return;
      context.setProperty(node, "url", prefix + node.url);
    },
  });
