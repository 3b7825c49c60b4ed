import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A package as it lies in node_modules. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly homepage: string;
  /** Its licence file; undefined where the package has none. */
  readonly text: string | undefined;
  /** Whether npm would run a script of it on installation. */
  readonly installs: boolean;
}

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
}

/** What a file imports ends in a browser, unless the file asks Node for something or lies in a room of the build. */
const built = /^(publish|pages|reference)\b|(\.astro|\.mjs)$/;
/** What the framework adds to pages; its own dependencies build pages and do not ship. */
const frameworks = ["astro", "svelte", "@astrojs/starlight", "@astrojs/svelte", "@pagefind/default-ui", "pagefind"];

const json = (file: string) => JSON.parse(readFileSync(file, "utf8"));
const nameOf = (path: string): string => path.split("/", path.startsWith("@") ? 2 : 1).join("/");

const packageAt = (root: string, place: string, { hasInstallScript = false }: Locked): Package => {
  const folder = join(root, place);
  const { name, version, license, homepage = "", repository = "" } = json(join(folder, "package.json"));
  const file = readdirSync(folder, { withFileTypes: true }).find(
    (one) => one.isFile() && /^licen[cs]e/i.test(one.name),
  );
  return {
    ...{ name, version, licence: license, installs: hasInstallScript },
    homepage: homepage || (repository.url ?? repository),
    text: file === undefined ? undefined : readFileSync(join(folder, file.name), "utf8").trim(),
  };
};

/** These packages with all that they depend on, as the lock file has them; by name. */
export const withDependencies = (root: string, names: readonly string[]): readonly Package[] => {
  const locked: Readonly<Record<string, Locked>> = json(join(root, "package-lock.json")).packages;
  const found = new Map<string, Package>();
  /** Node looks for a package beside whoever asks, then further and further up. */
  const placeOf = (name: string, from: string): string => {
    const place = `${from}node_modules/${name}`;
    if (locked[place]) return place;
    if (from === "") throw new Error(`package-lock.json has no ${name}`);
    return placeOf(name, from.slice(0, from.lastIndexOf("node_modules/")));
  };
  const add = (name: string, from: string): void => {
    const place = placeOf(name, from);
    const entry = locked[place] as Locked;
    if (found.has(place)) return;
    found.set(place, packageAt(root, place, entry));
    for (const one of Object.keys(entry.dependencies ?? {})) add(one, `${place}/`);
  };
  for (const name of names) add(name, "");
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

/** What the package depends on when somebody installs it. */
export const installed = (root: string): readonly Package[] =>
  withDependencies(root, Object.keys(json(join(root, "package.json")).dependencies));

/** Whose code the pages of the site may carry. */
export const shipped = (root: string): readonly Package[] => {
  const { dependencies, devDependencies } = json(join(root, "package.json"));
  const imported = readdirSync(join(root, "site"), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|svelte)$/.test(file) && !file.startsWith("public") && !built.test(file))
    .map((file) => readFileSync(join(root, "site", file), "utf8"))
    .filter((source) => !source.includes('from "node:'))
    .flatMap((source) => [...source.matchAll(/(?:from|import\()\s*"([^".][^"]*)"/g)])
    .map(([, path = ""]) => nameOf(path))
    .filter((name) => Object.hasOwn({ ...dependencies, ...devDependencies }, name) && !frameworks.includes(name));
  const locked = json(join(root, "package-lock.json")).packages;
  const framework = frameworks.map((name) => packageAt(root, `node_modules/${name}`, locked[`node_modules/${name}`]));
  const own = withDependencies(root, [...new Set([...imported, ...Object.keys(dependencies)])]);
  return [...own, ...framework].toSorted((a, b) => (a.name < b.name ? -1 : 1));
};

/** The notices that licences ask for, as one text. */
export const notices = (packages: readonly Package[]): string =>
  [
    "The pages of this site carry code of the packages below, each under its own licence.",
    ...packages.map(({ name, version, licence, homepage, text }) =>
      [
        `${name} ${version}`,
        `${licence}${homepage ? `, ${homepage}` : ""}`,
        text ?? "Its package has no licence text of its own.",
      ].join("\n\n"),
    ),
  ].join(`\n\n${"-".repeat(80)}\n\n`);
