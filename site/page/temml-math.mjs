import { defineMdastPlugin } from "satteri";
import temml from "temml";

const rendered = (tex, displayMode) => ({
  raw: temml.renderToString(tex, { displayMode, throwOnError: true }),
  mdxExpressions: false,
});

/** $…$ and $$…$$ as MathML at build time: nothing to load in the page. A formula that TeX refuses fails the build. */
export const temmlMath = () =>
  defineMdastPlugin({
    name: "temml-math",
    math: ({ value }) => rendered(value, true),
    inlineMath: ({ value }) => rendered(value, false),
  });
