import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

/** A field or method of an interface or class. */
export interface Member {
  readonly name: string;
  /** As the source has it: "readonly number[]", "(options?: GenerateOptions) => Promise<Result>". */
  readonly type: string;
  readonly optional: boolean;
  readonly text: string;
  /** From "Default: …" at the end of its docstring. */
  readonly standard: string | undefined;
  readonly errors: readonly string[];
}

/** One name that the package exports. */
export interface Entry {
  readonly name: string;
  readonly kind: "function" | "value" | "interface" | "class" | "type";
  /** Path under src/engine. */
  readonly file: string;
  readonly line: number;
  /** Its declaration without a body: what to write to use it. */
  readonly signature: string;
  readonly text: string;
  readonly parameters: readonly { readonly name: string; readonly text: string }[];
  readonly returns: string | undefined;
  /** Codes that its docstring names after @throws. */
  readonly errors: readonly string[];
  readonly extends: string | undefined;
  readonly members: readonly Member[];
}

const commentOf = (comment: string | ts.NodeArray<ts.JSDocComment> | undefined): string =>
  (ts.getTextOfJSDocComment(comment) ?? "").trim();

const docOf = (node: ts.Node) => {
  const docs = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const doc = docs.at(-1);
  const tags = doc?.tags ?? [];
  const tag = (name: string) =>
    tags.filter(({ tagName }) => tagName.text === name).map(({ comment }) => commentOf(comment));
  return {
    text: commentOf(doc?.comment),
    parameters: tags.flatMap((one) =>
      ts.isJSDocParameterTag(one) ? [{ name: one.name.getText(), text: commentOf(one.comment) }] : [],
    ),
    returns: [...tag("returns"), ...tag("return")][0],
    errors: tag("throws").flatMap((text) => [...text.matchAll(/"([a-z-]+)"/g)].map(([, code]) => code as string)),
  };
};

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

/** One parameter a line where they do not fit into one. */
const call = (name: string, { typeParameters, parameters, type }: ts.SignatureDeclarationBase): string => {
  const generics = typeParameters ? `<${typeParameters.map((one) => one.getText()).join(", ")}>` : "";
  const given = parameters.map(
    (one) =>
      `${one.name.getText().startsWith("{") ? "options" : one.name.getText()}${one.questionToken || one.initializer ? "?" : ""}${one.type ? `: ${oneLine(one.type.getText())}` : ""}`,
  ); // prettier-ignore
  const end = type ? `: ${oneLine(type.getText())}` : "";
  const line = `${name}${generics}(${given.join(", ")})${end}`;
  return line.length <= 90 ? line : `${name}${generics}(\n${given.map((one) => `  ${one},\n`).join("")})${end}`;
};

const memberOf = (node: ts.TypeElement | ts.ClassElement): Member | undefined => {
  const name = node.name?.getText();
  if (!name) return undefined;
  const type = ts.isMethodSignature(node)
    ? call("", node)
    : (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) && node.type
      ? oneLine(node.type.getText())
      : "";
  const { text, errors } = docOf(node);
  const whole = text.replace(/\s+/g, " ");
  const [meaning = "", standard] = whole.split(/\s*Default:? (?=\S)/);
  return {
    name,
    type,
    optional: "questionToken" in node && node.questionToken !== undefined,
    text: meaning || whole,
    standard: meaning ? standard?.replace(/\.$/, "") : undefined,
    errors,
  };
};

const entryOf = (name: string, node: ts.Declaration, root: string): Entry => {
  const source = node.getSourceFile();
  const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  const base = {
    name,
    file: relative(join(root, "src/engine"), source.fileName).replaceAll("\\", "/"),
    line: source.getLineAndCharacterOfPosition(statement.getStart()).line + 1,
    ...docOf(statement),
    extends: undefined,
    members: [],
  };
  if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) {
    const bases = node.heritageClauses?.map((clause) => oneLine(clause.getText())).join(" ");
    return {
      ...base,
      kind: ts.isClassDeclaration(node) ? "class" : "interface",
      signature: `${ts.isClassDeclaration(node) ? "class" : "interface"} ${name}${bases ? ` ${bases}` : ""}`,
      extends: bases,
      members: [...node.members].flatMap((member) => memberOf(member) ?? []),
    };
  }
  if (ts.isTypeAliasDeclaration(node))
    return { ...base, kind: "type", signature: node.getText().replace(/^export /, "") };
  if (!ts.isVariableDeclaration(node)) throw new Error(`${source.fileName}: what is ${name}?`);
  const { initializer, type } = node;
  if (initializer && ts.isArrowFunction(initializer))
    return { ...base, kind: "function", signature: call(name, initializer) };
  const value = initializer?.getText() ?? "";
  const said = type ? `: ${oneLine(type.getText())}` : value.length <= 90 ? ` = ${oneLine(value)}` : "";
  return { ...base, kind: "value", signature: `const ${name}${said}` };
};

/** Everything that src/engine/index.ts exports, in its order, as its source and docstrings say it. */
export const readApi = (root: string): readonly Entry[] => {
  const door = join(root, "src/engine/index.ts");
  // Names are followed, not types: everything shown is written in the sources.
  const program = ts.createProgram([door], {
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noLib: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(door);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${door} cannot be read`);
  return checker.getExportsOfModule(module).map((symbol) => {
    const named = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const [declaration] = named.declarations ?? [];
    if (!declaration) throw new Error(`${symbol.name} has no declaration`);
    return entryOf(symbol.name, declaration, root);
  });
};

/** The codes of src/engine/error-codes.ts with their sentences. */
export const readErrorCodes = (root: string): Readonly<Record<string, string>> => {
  const path = join(root, "src/engine/error-codes.ts");
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ESNext, true);
  const found: Record<string, string> = {};
  const visit = (node: ts.Node): void => {
    if (
      ts.isPropertyAssignment(node) &&
      ts.isStringLiteralLike(node.initializer) &&
      !ts.isComputedPropertyName(node.name)
    )
      found[node.name.text] = node.initializer.text;
    else ts.forEachChild(node, visit);
  };
  for (const statement of source.statements)
    if (statement.getText().startsWith("export const errorCodes")) visit(statement);
  return found;
};
