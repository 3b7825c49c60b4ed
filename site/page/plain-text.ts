/** Attributes of a component as written: strings as they are, expressions as their source. */
export type Attributes = Readonly<Record<string, string>>;

/** Turns a component of a page into text; undefined where it has none. */
export type Spoken = (name: string, attributes: Attributes) => string | undefined;

const attributesOf = (text: string): Attributes =>
  Object.fromEntries(
    [...text.matchAll(/(\w+)=(?:"([^"]*)"|\{([\s\S]*?)\}(?=\s|$|\/))/g)].map(([, name, said, source]) => [
      name as string,
      said ?? source ?? "",
    ]),
  );

/**
 * The source of a page as Markdown that needs no page: without imports, its components said in words by `spoken`, links
 * absolute. Code blocks stay as they are.
 *
 * @param root the address that links of the form "/guide/…" begin at, without a slash at its end
 */
export const plainText = (mdx: string, root: string, spoken: Spoken): string =>
  mdx
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, at) =>
      at % 2 === 1
        ? part
        : part
            .replace(/^import .+ from ".+";$\n?/gm, "")
            .replace(/<([A-Z]\w*)((?:[^<>{}"]|"[^"]*"|\{[^{}]*\})*)\/>/g, (_, name: string, attributes: string) => {
              const said = spoken(name, attributesOf(attributes));
              return said ?? `(A live part of the page: ${name}.)`;
            })
            .replace(/<\/?[A-Z]\w*[^>]*>/g, "")
            .replace(/\]\(\//g, `](${root}/`)
            .replace(/\n{3,}/g, "\n\n"),
    )
    .join("")
    .trim();
