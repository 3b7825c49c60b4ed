import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

export interface OptionDoc {
  readonly name: string;
  readonly type: string;
  readonly default: string;
  readonly text: string;
}

const folder = join(process.cwd(), "src/engine/cache/methods");
const parsed = (file: string): ts.SourceFile => {
  const path = join(folder, `${file}.ts`);
  return ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ESNext, true);
};

/** The file that a name of another file of the folder is imported from, without ".ts". */
const importedFrom = (source: ts.SourceFile, name: string): string | undefined => {
  for (const one of source.statements) {
    if (!ts.isImportDeclaration(one) || !ts.isStringLiteral(one.moduleSpecifier)) continue;
    const bindings = one.importClause?.namedBindings;
    const names = bindings && ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : [];
    const file = /^\.\/(.+)\.js$/.exec(one.moduleSpecifier.text)?.[1];
    if (file && names.includes(name)) return file;
  }
  return undefined;
};

/** The file of a method, by the line that index.ts has for it: "pab," or "cfgcache: cfgCache,". */
const fileOf = (method: string): string => {
  const index = parsed("index");
  const line = new RegExp(`^  ${method}(?:: (\\w+))?,$`, "m").exec(index.text);
  const file = line && importedFrom(index, line[1] ?? method);
  if (!file) throw new Error(`there is no method "${method}" in ${index.fileName}`);
  return file;
};

const optionOf = (source: ts.SourceFile, member: ts.PropertySignature): OptionDoc => {
  const name = member.name.getText(source);
  const comment = ts.getJSDocCommentsAndTags(member)[0];
  const text = ts.getTextOfJSDocComment(comment && ts.isJSDoc(comment) ? comment.comment : undefined);
  const [meaning, given] = (text ?? "").replace(/\s+/g, " ").split(/\s*Default:\s*/);
  const standard = given ?? (member.questionToken ? undefined : "required");
  if (!meaning || !standard) throw new Error(`${source.fileName}: ${name} needs a docstring that ends in "Default: …"`);
  const type = member.type?.getText(source) ?? "";
  return { name, type, default: standard.replace(/\.$/, ""), text: meaning.replace(/ Required\.$/, "") };
};

const optionsIn = (file: string, wanted: (name: string) => boolean): readonly OptionDoc[] => {
  const source = parsed(file);
  const options = source.statements.find(
    (one): one is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(one) && wanted(one.name.text),
  );
  if (!options) return []; // a method without any
  const bases = (options.heritageClauses ?? []).flatMap(({ types }) =>
    types.map(({ expression }) => expression.getText(source)),
  );
  const own = options.members.filter(ts.isPropertySignature).map((member) => optionOf(source, member));
  return [...own, ...bases.flatMap((base) => optionsIn(importedFrom(source, base) ?? file, (name) => name === base))];
};

/**
 * The options of a method, read from the JSDoc of its options interface and of those that it extends: the table on a
 * page cannot say anything else than the code. Throws, and so fails the build, for a member without "Default: …".
 *
 * @param method its short name: "pab"
 */
export const optionsOf = (method: string): readonly OptionDoc[] =>
  optionsIn(fileOf(method), (name) => name.endsWith("Options"));
