import type { Generated } from "./api-pages.ts";
import type { Entry } from "./api-read.ts";
import { type ErrorGroup, errorHelp } from "./error-help.ts";

const titles: Readonly<Record<ErrorGroup, string>> = {
  files: "Files and downloads",
  models: "Models and weights",
  methods: "Caching methods",
  requests: "Requests",
  device: "Device and run",
};

const intro = `Everything that goes wrong in the engine is an \`EngineError\` with a permanent \`code\`, a \`message\` that says what happened and why, with the values, and often a \`hint\` that says what to do. Errors keep all three on their way through a worker.

\`\`\`ts
try {
  await engine.generate({ prompt: "a mauve dodo" });
} catch (error) {
  if (error instanceof EngineError && error.code === "prompt-invalid") console.log(error.message, error.hint);
  else throw error;
}
\`\`\``;

/** Functions and methods whose docstring names a code after @throws, as links. */
const throwers = (entries: readonly Entry[], code: string, placeOf: (name: string) => string): string =>
  entries
    .flatMap(({ name, errors, members }) => [
      ...(errors.includes(code) ? [[name, name] as const] : []),
      ...members
        .filter((member) => member.errors.includes(code))
        .map((member) => [name, `${name}.${member.name}`] as const),
    ])
    .map(([name, said]) => `[\`${said}\`](${placeOf(name)})`)
    .join(", ");

/** The page of error codes as Markdown: each code with its sentence, why it comes, what to do and who says it. */
export const errorPage = (
  codes: Readonly<Record<string, string>>,
  entries: readonly Entry[],
  placeOf: (name: string) => string,
): Generated => {
  const section = (code: string, sentence: string): string => {
    const { why, remedy } = errorHelp[code as keyof typeof errorHelp];
    const from = throwers(entries, code, placeOf);
    return [
      `### ${code}`,
      sentence,
      `**Why.** ${why}`,
      `**What to do.** ${remedy}`,
      ...(from ? [`Thrown by ${from}.`] : []),
    ].join("\n\n");
  };
  const groups = (Object.keys(titles) as ErrorGroup[]).map((group) =>
    [
      `## ${titles[group]}`,
      ...Object.entries(codes)
        .filter(([code]) => errorHelp[code as keyof typeof errorHelp].group === group)
        .map(([code, sentence]) => section(code, sentence)),
    ].join("\n\n"),
  );
  const front = `---\ntitle: Errors\ndescription: Every code that the engine can refuse with, why it comes, and what to do.\neditUrl: false\nsidebar:\n  order: 4\n---`;
  return { path: "reference/errors", markdown: `${[front, intro, ...groups].join("\n\n")}\n` };
};
