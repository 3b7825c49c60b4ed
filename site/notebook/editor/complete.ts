import type { Completion, CompletionContext, CompletionResult, CompletionSource } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { SyntaxNode } from "@lezer/common";

/** One name with its type and its docstring. */
export interface KnownName {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** What the engine's door exports, generated from its types at build. */
export interface KnownTypes {
  readonly exports: readonly (KnownName & {
    readonly kind: "function" | "type" | "constant";
    /** The type of a function's last object parameter. */
    readonly options?: string;
  })[];
  /** Members of interfaces by the interface's name. */
  readonly members: Readonly<Record<string, readonly KnownName[]>>;
}

const completion = ({ name, type, text }: KnownName, kind: string): Completion => ({
  label: name,
  type: kind,
  detail: type.length > 48 ? `${type.slice(0, 47)}…` : type,
  ...(text ? { info: text } : {}),
});

/** Variables that programs here call by these names. */
const usual: Readonly<Record<string, string>> = {
  ...{ engine: "Engine", model: "SiteMap", visit: "Visit", result: "Result", trace: "Trace", cached: "Result" },
  ...{ uncached: "Result", clip: "Clip", calibration: "Calibration", quality: "Quality", site: "Site" },
};

const parameterOf: Readonly<Record<string, string>> = { generate: "GenerateOptions", calibrate: "CalibrateOptions" };

/** The interface that the object at the cursor has to fit: the options of the call around it, or its declared type. */
const expected = (context: CompletionContext, types: KnownTypes): string | undefined => {
  const said = (node: SyntaxNode): string => context.state.sliceDoc(node.from, node.to);
  let node: SyntaxNode | null = syntaxTree(context.state).resolveInner(context.pos, -1);
  // While its end is missing, an object reads as the pattern of an assignment.
  while (node && node.name !== "ObjectExpression" && node.name !== "ObjectPattern") node = node.parent;
  const around = node?.parent?.name === "AssignmentExpression" ? node.parent.parent : node?.parent;
  if (around?.name === "ArgList") {
    const callee = around.parent?.firstChild;
    const called = callee ? (/(\w+)$/.exec(said(callee))?.[1] ?? "") : "";
    return parameterOf[called] ?? types.exports.find(({ name }) => name === called)?.options;
  }
  const annotation = around?.name === "VariableDeclaration" && around.getChild("TypeAnnotation");
  return annotation ? /(\w+)/.exec(said(annotation))?.[1] : undefined;
};

/** Completes the engine's names, the options of the call around the cursor, and members of what is called as usual. */
export const completing =
  (load: () => Promise<KnownTypes>): CompletionSource =>
  async (context): Promise<CompletionResult | null> => {
    const word = context.matchBefore(/\w*/);
    const inside = syntaxTree(context.state).resolveInner(context.pos, -1).name;
    if (!word || /String|Comment|TemplateString$/.test(inside)) return null;
    const types = await load();
    const { from } = word;
    const member = context.matchBefore(/(\w+)\s*\??\.\s*\w*/);
    if (member) {
      const of = usual[/^\w+/.exec(member.text)?.[0] ?? ""];
      const known = of ? types.members[of] : undefined;
      return known ? { from, options: known.map((one) => completion(one, "property")), validFor: /^\w*$/ } : null;
    }
    if (
      word.from === word.to &&
      !context.explicit &&
      !/[{,]\s*$/.test(context.state.sliceDoc(Math.max(0, from - 80), from))
    )
      return null;
    const interfaceName = expected(context, types);
    const options = (interfaceName && types.members[interfaceName]) || [];
    const names = word.from === word.to && !context.explicit ? [] : types.exports;
    if (options.length + names.length === 0) return null;
    return {
      from,
      options: [
        ...options.map((one) => ({ ...completion(one, "property"), boost: 50 })),
        ...names.map((one) => completion(one, one.kind)),
        ...(names.length > 0
          ? [
              completion(
                {
                  name: "display",
                  type: "(...values) => void",
                  text: "Shows values under the cell: text, tables, clips, grids and plots.",
                },
                "function",
              ),
            ]
          : []),
      ],
      validFor: /^\w*$/,
    };
  };
