import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The examples that are of one method with a page of its own, and the page's title without what stands in brackets. */
export const methodExamples = (): readonly { readonly name: string; readonly title: string }[] =>
  readdirSync(join(process.cwd(), "examples")).flatMap((file) => {
    const name = file.replace(/\.ts$/, "");
    const page = join(process.cwd(), "content/docs/methods", `${name}.mdx`);
    if (!existsSync(page)) return [];
    const [, title = name] = /^title: (.+)$/m.exec(readFileSync(page, "utf8")) ?? [];
    return [{ name, title: title.replace(/ \(.*/, "") }];
  });
