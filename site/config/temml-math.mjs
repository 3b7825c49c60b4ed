import { defineMdastPlugin } from "satteri";
import temml from "temml";

/** Between a formula and the comma after it no line may break. */
const wordJoiner = "\u2060";

const rendered = (tex, displayMode) => {
  const formula = temml.renderToString(tex, { displayMode, throwOnError: true });
  return { raw: displayMode ? formula : `<span>${formula}${wordJoiner}</span>`, mdxExpressions: false };
};

/** $…$ and $$…$$ as MathML at build time: nothing to load in the page. A formula that TeX refuses fails the build. */
export const temmlMath = () =>
  defineMdastPlugin({
    name: "temml-math",
    math: ({ value }) => rendered(value, true),
    inlineMath: ({ value }) => rendered(value, false),
  });
