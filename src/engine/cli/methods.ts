import { probesOf } from "../cache/decide.js";
import { latteSites } from "../cache/dry-run.js";
import { methods as known, type MethodName, methodFromName } from "../cache/methods/index.js";
import { standIn } from "../calibrate/stand-ins.js";
import type { CacheMethod, SiteMap } from "../method.js";
import type { Verb } from "./arguments.js";
import { commonFlags } from "./flags.js";
import { print } from "./print.js";

export interface MethodInfo {
  readonly name: string;
  readonly source: string;
  readonly needs: readonly string[];
  /** Option → default; `null` where it has to be given. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
}

const kindsOf = (method: CacheMethod, sites: SiteMap): string[] => [
  ...new Set((method.parts ?? [method]).flatMap((part) => part.sites(sites).map(({ kind }) => kind))),
];

/** What a method is, asked of the method itself on the sites of a Latte. */
export const methodInfo = (name: MethodName): MethodInfo => {
  const required = standIn(name, 2);
  const method = methodFromName(name, required);
  const sites = latteSites(2);
  const kinds = kindsOf(method, sites);
  return {
    name,
    source: method.source ?? "",
    needs: [
      ...kinds.map((kind) => `site ${kind}`),
      ...new Set(probesOf(method, sites).map(({ tap }) => `probe ${tap}`)),
      ...(kinds.includes("uncond") ? ["guidance"] : []),
      ...(Object.keys(required).length > 0 ? ["calibration"] : []),
    ],
    options: { ...method.options, ...Object.fromEntries(Object.keys(required).map((key) => [key, null])) },
    required: Object.keys(required),
  };
};

const paragraph = ({ name, source, needs, options, required }: MethodInfo): string =>
  [
    `${name}  (${source})`,
    `  acts on: ${needs
      .filter((need) => need.startsWith("site"))
      .map((need) => need.slice(5))
      .join(", ")}`,
    `  needs:   ${needs.filter((need) => !need.startsWith("site")).join(", ") || "nothing else"}`,
    ...Object.entries(options).map(
      ([option, value]) => `  ${option}: ${required.includes(option) ? "from a calibration" : JSON.stringify(value)}`,
    ),
  ].join("\n");

export const methodsVerb: Verb = {
  summary: "list the caching methods with options, defaults, needs and sources",
  flags: commonFlags,
  async run(values) {
    const all = (Object.keys(known) as MethodName[]).map(methodInfo);
    const shared =
      "Every method also takes guards {warmupSteps, lastStep, maxConsecutive} and forecast {by: taylorseer, hermite, foca or l2p}.";
    print(values.json === true ? JSON.stringify(all) : [...all.map(paragraph), shared].join("\n\n"));
  },
};
