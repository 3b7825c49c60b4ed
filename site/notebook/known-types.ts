import { join } from "node:path";
import ts from "typescript";
import type { KnownName, KnownTypes } from "./editor/complete.js";

const root = process.cwd();

/** The names that the engine's door exports and the members of its interfaces, with their types and docstrings. */
export const knownTypes = (): KnownTypes => {
  const door = join(root, "src/engine/index.ts");
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile).config,
    ts.sys,
    root,
  );
  const program = ts.createProgram([door], options);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(door);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${door} exports nothing`);

  const docs = (symbol: ts.Symbol): string =>
    ts
      .displayPartsToString(symbol.getDocumentationComment(checker))
      .replace(/\{@link (\w+)\}/g, "$1")
      .replace(/\s+/g, " ")
      .trim();
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
  const said = (type: ts.Type): string =>
    checker.typeToString(type, undefined, flags).replace(/import\([^)]*\)\./g, "");
  const typeOf = (symbol: ts.Symbol): ts.Type =>
    symbol.flags & ts.SymbolFlags.Value ? checker.getTypeOfSymbol(symbol) : checker.getDeclaredTypeOfSymbol(symbol);

  const membersOf = (type: ts.Type): readonly KnownName[] =>
    checker.getPropertiesOfType(type).map((member) => ({
      name: member.name,
      type: said(checker.getNonNullableType(checker.getTypeOfSymbol(member))),
      text: docs(member),
    }));

  const members: Record<string, readonly KnownName[]> = {};
  const exports = checker.getExportsOfModule(module).map((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const type = typeOf(symbol);
    const { name } = exported;
    if (symbol.flags & ts.SymbolFlags.Interface) members[name] = membersOf(type);
    const [signature] = type.getCallSignatures();
    const isType = !(symbol.flags & ts.SymbolFlags.Value);
    const last = signature?.parameters.at(-1);
    const taken = last && checker.getNonNullableType(checker.getTypeOfSymbol(last));
    const options = taken?.aliasSymbol?.name ?? taken?.symbol?.name;
    return {
      name,
      kind: isType ? ("type" as const) : signature ? ("function" as const) : ("constant" as const),
      type: isType ? "" : said(type).slice(0, 160),
      text: docs(symbol),
      ...(options && /^[A-Z]/.test(options) ? { options } : {}),
    };
  });
  // What functions take but the door does not export by itself.
  return { exports, members };
};
