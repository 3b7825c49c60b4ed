import { readdirSync, readFileSync } from "node:fs";
import { readInfinity, stepsCsv, visitsCsv } from "diffusion-cache";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { notebook } from "../../site/export/notebook.js";
import { csv } from "../../src/engine/files/tables.js";

/** Reads RFC 4180 as the grammar says it, independent of the writer. */
const parsed = (text: string): string[][] => {
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    const row: string[] = [];
    for (;;) {
      const quoted = /^"((?:[^"]|"")*)"/.exec(text.slice(at));
      const raw = quoted ? quoted[0] : (/^[^",\r\n]*/.exec(text.slice(at))?.[0] ?? "");
      row.push(quoted ? (quoted[1] ?? "").replaceAll('""', '"') : raw);
      at += raw.length;
      if (text[at] === ",") at++;
      else break;
    }
    rows.push(row);
    if (at === text.length) break;
    expect(text.slice(at, at + 2)).toBe("\r\n");
    at += 2;
  }
  return rows;
};

const record = (name: string) =>
  JSON.parse(readFileSync(`site/public/recorded/${name}/run.json`, "utf8"), readInfinity);

describe("CSV", () => {
  test("reads back as it was, whatever the cells hold, and no text starts a formula", () => {
    const cell = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom("=1+1", " =1", "＝1", "+a", "-2", "@x", '"', "a,b", "\r\n", "\t="),
      fc.double(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 6 }), (rows) => {
        const back = parsed(csv(rows.map(([a, b]) => ({ a, b }))));
        expect(back.slice(1)).toEqual(
          rows.map((row) =>
            row.map((one) => {
              if (typeof one === "number") return String(one);
              return /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/.test(one) ? `'${one}` : one;
            }),
          ),
        );
      }),
      { numRuns: 3000 },
    );
  });

  test("each step with what it decided, probed and kept; what an older trace lacks is left empty", () => {
    const visit = (step: number, decision: string) => ({ step, decision, branch: "cond", site: "a", method: "m" });
    const run = record("tea-cache");
    const two = { steps: 2, sites: [] };
    const cached = {
      ...{ ...run.cached, ...two },
      ...{ stepMs: [3, 1], timesteps: [900, 100], stepCacheBytes: [64, 128], stepProbeMs: [0, 0.5] },
      visits: [visit(0, "compute"), visit(0, "compute"), visit(1, "reuse"), visit(1, "forecast"), visit(1, "reuse")],
    };
    const lines = (trace: object) => stepsCsv({ ...cached, stepMs: [5, 6] } as never, trace as never).split("\r\n");
    expect(lines(cached)).toEqual([
      "step,timestep,uncached (ms),cached (ms),of it probes (ms),kept after it (bytes),computed,reused,forecast,latent drift L1,latent drift L2",
      "1,900,5,3,0,64,2,0,0,,",
      "2,100,6,1,0.5,128,0,2,1,,",
    ]);
    expect(lines({ ...cached, stepProbeMs: undefined })[2]).toBe("2,100,6,1,,128,0,2,1,,");
    const quality = { psnr: 30, ssim: 1, maxError: 0, stepDrift: { l1: [0, 0.25], l2: [0, 0.5] } };
    expect(lines({ ...cached, quality })[2]).toBe("2,100,6,1,0.5,128,0,2,1,0.25,0.5");
  });

  test("a decision with its weights, readings and reasons as JSON", () => {
    const [, plain, full] = visitsCsv({
      ...record("tea-cache").cached,
      visits: [
        { step: 0, branch: "cond", site: "a", method: "m", decision: "compute" },
        {
          step: 4,
          branch: "uncond",
          clip: 1,
          site: "b",
          method: "n",
          decision: "forecast",
          weights: [2, -1],
          readings: [null],
          reasons: { sum: 0.5 },
        }, // prettier-ignore
      ],
    } as never).split("\r\n");
    expect(plain).toBe("1,cond,,a,m,compute,,,");
    expect(full).toBe('5,uncond,1,b,n,forecast,"[2,-1]",[null],"{""sum"":0.5}"');
  });

  test("a line per step and a line per decision of a run, with the numbers of its trace", () => {
    const { uncached, cached } = record("tea-cache");
    const [head, ...steps] = parsed(stepsCsv(uncached, cached));
    expect(head).toHaveLength(11);
    expect(steps).toHaveLength(cached.steps);
    expect(steps.map(([, timestep, before, after]) => [timestep, before, after].map(Number))).toEqual(
      cached.stepMs.map((ms: number, step: number) => [cached.timesteps[step], uncached.stepMs[step], ms]),
    );
    const decisions = parsed(visitsCsv(cached)).slice(1);
    expect(decisions).toHaveLength(cached.visits.length);
    for (const [at, row] of decisions.entries()) {
      const { step, site, decision, reasons } = cached.visits[at];
      expect(row.slice(0, 6)).toEqual([String(step + 1), expect.any(String), "", site, "teacache", decision]);
      expect(row[8] === "" ? undefined : JSON.parse(row[8] ?? "")).toEqual(reasons);
    }
  });
});

test.each(readdirSync("examples").map((file) => file.replace(/\.ts$/, "")))(
  "%s: a notebook by the rules of nbformat 4.5",
  (name) => {
    const { uncached, cached, quality } = record(name);
    const made = JSON.parse(JSON.stringify(notebook('print("hello")\nprint(2)', { uncached, cached }, quality)));
    expect(made).toMatchObject({ nbformat: 4, nbformat_minor: 5, metadata: { kernelspec: { name: "python3" } } });
    const ids = made.cells.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const cell of made.cells) {
      expect(cell.id).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
      expect(cell.metadata).toEqual({});
      for (const line of cell.source.slice(0, -1)) expect(line).toMatch(/^[^\n]*\n$/);
      expect(cell.source.at(-1)).not.toContain("\n");
      const code = { execution_count: null, outputs: [] };
      if (cell.cell_type === "code") expect(cell).toMatchObject(code);
      else for (const field of Object.keys(code)) expect(cell).not.toHaveProperty(field);
    }
    expect(made.cells.at(-1).source).toEqual(['print("hello")\n', "print(2)"]);
  },
);
