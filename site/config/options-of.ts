import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

export interface OptionDoc {
  readonly name: string;
  readonly type: string;
  readonly default: string;
  readonly text: string;
}

/**
 * The options of a method, read from the JSDoc of its options interface: the table on a page cannot say anything else
 * than the code. Throws, and so fails the build, for a member without a docstring or without "Default:".
 *
 * @param file of src/engine/cache/methods, without ".ts"
 */
export const optionsOf = (file: string): readonly OptionDoc[] => {
  const path = join(process.cwd(), "src/engine/cache/methods", `${file}.ts`);
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ESNext, true);
  const options = source.statements.find(
    (one): one is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(one) && one.name.text.endsWith("Options"),
  );
  if (!options) throw new Error(`${path} has no interface whose name ends in "Options"`);
  return options.members.filter(ts.isPropertySignature).map((member) => {
    const name = member.name.getText(source);
    const comment = ts.getJSDocCommentsAndTags(member)[0];
    const text = ts.getTextOfJSDocComment(comment && ts.isJSDoc(comment) ? comment.comment : undefined);
    const [meaning, standard] = (text ?? "").replace(/\s+/g, " ").split(/\s*Default:\s*/);
    if (!meaning || !standard) throw new Error(`${path}: ${name} needs a docstring that ends in "Default: …"`);
    return { name, type: member.type?.getText(source) ?? "", default: standard.replace(/\.$/, ""), text: meaning };
  });
};
