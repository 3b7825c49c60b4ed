import { repository } from "../page/repository.mjs";
import type { Entry, Member } from "./api-read.ts";

interface Group {
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly intro: string;
  /** Of the files under src/engine that it takes; the first group that takes a file has it. */
  readonly files: RegExp;
}

const groups: readonly Group[] = [
  {
    slug: "engine",
    title: "Engine",
    description: "createEngine and createWorkerEngine, what a run is asked for and what it gives.",
    intro: "An engine is one model on one backend. In a page, take `createWorkerEngine`; in Node, `createEngine`.",
    files: /^(run\/create-engine|engine|clip|tensor|version)\.ts$|^(worker|backends)\//,
  },
  {
    slug: "methods",
    title: "Caching methods",
    description: "The functions that make a caching method, and their options.",
    intro:
      "Each function checks its options and returns a `CacheMethod` for `generate({ cache: [ … ] })`. Names, defaults and ranges are diffusers' where it has the method.",
    files: /^cache\/methods\/|^cache\/compose\.ts$/,
  },
  {
    slug: "custom",
    title: "Writing a method",
    description: "The vocabulary in which a caching method says where, when and how, and the dry run.",
    intro:
      "A method is an object of plain functions and numbers: it says where (sites), when (compute or estimate) and how (weights over kept features), and never sees a tensor.",
    files: /^method\.ts$|^cache\/|^models\/(?!presets)/,
  },
  {
    slug: "planning",
    title: "Planning a real model",
    description: "Model cards, and what a run of a real model costs with and without caching methods.",
    intro: "A card says what a network is made of; `planRun` says what a run of it computes, skips and keeps.",
    files: /^(cards|plan)\//,
  },
  {
    slug: "measuring",
    title: "Traces and measuring",
    description: "The record of a run, quality of a clip, comparisons and the search for a setting.",
    intro: "A run returns its trace; these functions read it, compare clips and try settings.",
    files: /^(trace|measure|metrics)\//,
  },
  {
    slug: "errors",
    title: "Errors",
    description: "The one class of errors, and its codes.",
    intro: "What each code means, why it comes and what to do about it: [errors](/reference/errors/).",
    files: /^errors\.ts$/,
  },
  {
    slug: "files",
    title: "Files and the rest",
    description: "Calibrations, presets, safetensors, schedulers and seeded noise.",
    intro: "What an engine reads and writes, for programs that do it themselves.",
    files: /./,
  },
];

/** Paths of the pages in their order, for the sidebar. */
export const apiPaths: readonly string[] = groups.map(({ slug }) => `reference/api/${slug}`);

/** A page that the build writes. */
export interface Generated {
  /** Its path on the site, without slashes around it. */
  readonly path: string;
  readonly markdown: string;
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "|": "&#124;",
  "{": "&#123;",
  "}": "&#125;",
  $: "&#36;",
  "*": "&#42;",
  _: "&#95;",
}; // prettier-ignore
const html = (text: string): string => text.replace(/[&<>|{}$*_]/g, (sign) => escapes[sign] as string);

const groupOf = ({ file }: Entry): Group => groups.find(({ files }) => files.test(file)) as Group;

const sourceOf = (file: string, line: number): string => {
  const code = `<code>src/engine/${file}</code>, line ${line}`;
  return repository ? `<a href="${repository}/blob/main/src/engine/${file}#L${line}">${code}</a>` : code;
};

const called = ({ kind }: Entry): boolean => kind === "function" || kind === "class";

/** File by file, those with something to call first, and in each what is called before what it takes and gives. */
const inReadingOrder = (entries: readonly Entry[]): readonly Entry[] => {
  const files = [...Map.groupBy(entries, ({ file }) => file).values()];
  const first = <Item>(items: readonly Item[], wanted: (item: Item) => boolean): readonly Item[] => [
    ...items.filter(wanted),
    ...items.filter((item) => !wanted(item)),
  ];
  return first(files, (file) => file.some(called)).flatMap((file) => first(file, called));
};

const ownOf = (entries: readonly Entry[], group: Group): readonly Entry[] =>
  inReadingOrder(entries.filter((entry) => groupOf(entry) === group));

/** Address of an exported name's entry. Anchors are as headings get them: a name said twice but for its case is numbered. */
export const placeIn = (entries: readonly Entry[], base: string) => {
  const places = new Map<string, string>();
  for (const group of groups) {
    const seen = new Map<string, number>();
    for (const { name } of ownOf(entries, group)) {
      const slug = name.toLowerCase();
      const before = seen.get(slug) ?? 0;
      seen.set(slug, before + 1);
      const anchor = before > 0 ? `${slug}-${before}` : slug;
      places.set(name, `${base.replace(/\/$/, "")}/reference/api/${group.slug}/#${anchor}`);
    }
  }
  return (name: string): string => places.get(name) ?? "";
};

/** Pages of the API reference as Markdown, one per group of names. */
export const apiPages = (entries: readonly Entry[], base: string): readonly Generated[] => {
  const site = base.replace(/\/$/, "");
  const placeOf = placeIn(entries, base);
  const places = new Map(entries.map(({ name }) => [name, placeOf(name)]));

  /** A type as code in which every name of the package leads to its entry. */
  const typeHtml = (type: string): string =>
    `<code class="dc-quiet dc-type">${type
      .replace(/\s+/g, " ")
      .split(/(\b[A-Za-z]\w*\b)/)
      .map((part) => {
        const place = places.get(part);
        return place ? `<a href="${place}">${part}</a>` : html(part);
      })
      .join("")}</code>`;

  const linked = (name: string): string => {
    const place = places.get(name);
    return place ? `<a href="${place}"><code>${name}</code></a>` : `<code>${html(name)}</code>`;
  };
  /** A docstring as HTML: code between backticks, links where it says {@link name}. */
  const prose = (text: string): string =>
    text
      .split(/(`[^`]+`|\{@link [^}]+\})/)
      .map((part) => {
        if (part.startsWith("`")) return `<code>${html(part.slice(1, -1))}</code>`;
        const [, name] = /^\{@link (\w+)\s*\}$/.exec(part) ?? [];
        return name ? linked(name) : html(part);
      })
      .join("");
  const paragraphs = (text: string): string[] =>
    text.split(/\n\s*\n/).map((one) => {
      const lines = one.split("\n");
      if (!lines.every((line) => /^(- |\s{2})/.test(line))) return `<p>${prose(one.replace(/\s+/g, " "))}</p>`;
      const items = one.split(/^- /m).filter(Boolean);
      return `<ul>${items.map((item) => `<li>${prose(item.replace(/\s+/g, " ").trim())}</li>`).join("")}</ul>`;
    });
  const errorLinks = (codes: readonly string[]): string =>
    [...new Set(codes)]
      .map((code) => `<a href="${site}/reference/errors/#${code}"><code>${code}</code></a>`)
      .join(", ");

  const breakable = (name: string): string =>
    name
      .split(/(?=[A-Z])/)
      .map(html)
      .join("<wbr>");
  const row = ({ name, type, optional, text, standard, errors }: Member): string => {
    const meaning = [prose(text), errors.length > 0 ? `Errors: ${errorLinks(errors)}.` : ""].filter(Boolean).join(" ");
    const default_ = standard ? prose(standard) : optional ? "" : "required";
    return `<tr><th scope="row"><code>${breakable(name)}${optional ? "?" : ""}</code>${typeHtml(type)}</th><td>${meaning}</td><td>${default_}</td></tr>`;
  };
  const table = ({ name, members }: Entry): string => {
    const defaults = members.some(({ standard }) => standard);
    const rows = members
      .map(row)
      .map((line) => (defaults ? line : line.replace(/<td>(required)?<\/td><\/tr>$/, "</tr>")));
    const head = ["Name and type", "Meaning", ...(defaults ? ["Default"] : [])];
    return `<div class="dc-table not-content" tabindex="0" role="region" aria-label="Fields of ${name}"><table><thead><tr>${head.map((one) => `<th scope="col">${one}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
  };

  const section = (entry: Entry): string => {
    const { name, signature, text, parameters, returns, errors, file, line, members } = entry;
    const facts = [
      ...parameters.map((one) => `<dt><code>${one.name}</code></dt><dd>${prose(one.text.replace(/^[-\s]+/, ""))}</dd>`),
      ...(returns ? [`<dt>Returns</dt><dd>${prose(returns)}</dd>`] : []),
      ...(errors.length > 0 ? [`<dt>Errors</dt><dd>${errorLinks(errors)}</dd>`] : []),
      `<dt>Source</dt><dd>${sourceOf(file, line)}</dd>`,
    ];
    return [
      `## ${name}`,
      `\`\`\`ts\n${signature}\n\`\`\``,
      paragraphs(text).join("\n"),
      ...(members.length > 0 ? [table(entry)] : []),
      `<dl class="dc-facts">${facts.join("")}</dl>`,
    ].join("\n\n");
  };

  return groups.map((group) => {
    const { slug, title, description, intro } = group;
    const order = ownOf(entries, group);
    const front = `---\ntitle: "API: ${title}"\ndescription: ${JSON.stringify(description)}\neditUrl: false\nsidebar:\n  label: ${title}\n  hidden: true\ntableOfContents:\n  maxHeadingLevel: 2\n---`;
    return { path: `reference/api/${slug}`, markdown: `${[front, intro, ...order.map(section)].join("\n\n")}\n` };
  });
};
