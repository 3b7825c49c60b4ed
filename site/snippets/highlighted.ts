import { createHighlighterCore } from "shiki/core";
import { createJavaScriptRegexEngine } from "shiki/engine/javascript";

/** A piece of code in its colours of both schemes, as inline styles. */
export interface Token {
  readonly text: string;
  readonly style: string;
}

const themes = { light: "github-light-high-contrast", dark: "github-dark-high-contrast" } as const;

const highlighter = createHighlighterCore({
  themes: [
    import("shiki/dist/themes/github-light-high-contrast.mjs"),
    import("shiki/dist/themes/github-dark-high-contrast.mjs"),
  ],
  langs: [import("shiki/dist/langs/typescript.mjs"), import("shiki/dist/langs/python.mjs")],
  engine: createJavaScriptRegexEngine(),
});

/** Lines of code as the pages' other code is highlighted. Loaded with the first snippet that is looked at. */
export const highlighted = async (
  code: string,
  lang: "typescript" | "python",
): Promise<readonly (readonly Token[])[]> => {
  const { tokens } = (await highlighter).codeToTokens(code, { lang, themes, defaultColor: false });
  return tokens.map((line) =>
    line.map(({ content, htmlStyle = {} }) => ({
      text: content,
      style: Object.entries(htmlStyle)
        .map(([name, value]) => `${name}:${value}`)
        .join(";"),
    })),
  );
};
