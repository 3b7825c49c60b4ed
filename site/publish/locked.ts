/** An entry of a package-lock.json, as far as it is read here. */
export interface Locked {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Entries by path: "node_modules/vite". */
export type Packages = Readonly<Record<string, Locked>>;

/** Where Node finds a package from another's place: in the nearest node_modules, or further out. */
const placeOf = (packages: Packages, from: string, name: string): string | undefined => {
  const path = `${from}/node_modules/${name}`.replace(/^\//, "");
  if (packages[path]) return path;
  return from === "" ? undefined : placeOf(packages, from.replace(/\/?node_modules\/(@[^/]+\/)?[^/]+$/, ""), name);
};

/** Every entry of a lock file that `names` need, and nothing else. */
export const lockedFor = (packages: Packages, names: readonly string[]): Packages => {
  const found: Record<string, Locked> = {};
  const visit = (from: string, name: string, optional = false): void => {
    const path = placeOf(packages, from, name);
    const entry = path === undefined ? undefined : packages[path];
    if (path === undefined || !entry) {
      if (optional) return;
      throw new Error(`package-lock.json has no ${name}, which ${from || "the project"} needs`);
    }
    if (found[path]) return;
    const { dev: _, devOptional: __, ...kept } = entry as Locked & { readonly dev?: true; readonly devOptional?: true };
    found[path] = kept;
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = entry;
    for (const one of Object.keys(dependencies)) visit(path, one, one in optionalDependencies);
    for (const one of Object.keys(optionalDependencies)) visit(path, one, true);
    for (const one of Object.keys(peerDependencies)) if (!peerDependenciesMeta[one]?.optional) visit(path, one);
  };
  for (const name of names) visit("", name);
  return found;
};
