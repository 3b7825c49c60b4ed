import type { CachedRun, Group, Run } from "./table.js";

const texts: readonly string[] = ["method", "at"];
const numbers: readonly string[] = [
  ...["seconds", "speedup", "flops", "gib", "gb"],
  ...["psnr", "ssim", "lpips", "vbench", "clip", "imageReward", "fid"],
];

/** "8.2"; "8:12", minutes and seconds; "2976/1098", a ratio. */
const numberOf = (cell: string): number => {
  const [, minutes = "0", whole = "", by = "1"] = /^(?:(\d+):)?([-\d.]+)(?:\/([\d.]+))?$/.exec(cell) ?? [];
  const value = (60 * Number(minutes) + Number(whole)) / Number(by);
  if (whole === "" || !Number.isFinite(value)) throw new Error(`published figures: ${cell} is no number`);
  return value;
};

const cellsOf = (line: string): readonly string[] => line.split(/ {2,}/);

/**
 * Tables as sources print them. The first line names the columns, which two spaces part; "·" stands for nothing, and so
 * does what is left out at the end. "# model | setting | device: …" begins a group; its row "none" is the uncached run.
 */
export const figures = (table: string): readonly Group[] => {
  const [head = "", ...lines] = table.split("\n").flatMap((line) => line.trim() || []);
  const columns = cellsOf(head);
  const groups: (Group & { runs: CachedRun[]; base?: Run })[] = [];
  for (const line of lines) {
    const [model, ...said] = line.startsWith("# ") ? line.slice(2).split(" | ") : [];
    if (model !== undefined) {
      const given = said.map((one) => /^(?:(device|doubt): )?(.+)$/.exec(one) ?? []);
      const facts = Object.fromEntries(given.map(([, key = "setting", text]) => [key, text]));
      groups.push({ model, ...facts, runs: [] });
      continue;
    }
    const row = cellsOf(line).map((cell, at): readonly [string, string | number | undefined] => {
      const column = columns[at] ?? "";
      if (![...texts, ...numbers].includes(column)) throw new Error(`published figures: no column for ${cell}`);
      return [column, cell === "·" ? undefined : texts.includes(column) ? cell : numberOf(cell)];
    });
    const { method, ...run } = Object.fromEntries(
      row.filter(([, value]) => value !== undefined),
    ) as unknown as CachedRun;
    const group = groups.at(-1);
    if (!group) throw new Error(`published figures: ${line} is before the first model`);
    if (method === "none") group.base = run;
    else group.runs.push({ method, ...run });
  }
  return groups;
};
