import { type CollectionEntry, getCollection } from "astro:content";

type Page = CollectionEntry<"docs">;

const groups = ["guide", "methods", "reference"] as const;
const place = ({ id, data }: Page): number => {
  const group = groups.findIndex((one) => id === one || id.startsWith(`${one}/`));
  return 1000 * (group + 1) + (data.sidebar.order ?? 999);
};

/** Every page in the order of the sidebar, the landing page first. */
export const allPages = async (): Promise<readonly Page[]> => {
  const pages = await getCollection("docs", ({ id }) => id !== "404");
  return pages.toSorted((a, b) => place(a) - place(b) || a.id.localeCompare(b.id, "en"));
};

/** The path of a page under the site's base. */
export const pathOf = ({ id }: Pick<Page, "id">): string => (id === "index" || id === "" ? "/" : `/${id}/`);
