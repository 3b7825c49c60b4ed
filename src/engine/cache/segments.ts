import { type Graph, type GraphValue, graphBuilder } from "../graph/builder.js";
import type { Site } from "../method.js";
import type { Model, Stream, Tap } from "../models/model.js";

/** Parts [from, to) with some sites left out and some features and taps handed out. */
export interface Range {
  readonly from: number;
  readonly to: number;
  /** Sites whose parts are left out: their feature comes in. */
  readonly skip: readonly Site[];
  /** Sites whose feature goes out, to be kept. */
  readonly keep: readonly Site[];
  readonly taps: readonly Tap[];
  /** Blocks that are computed beside what `skip` makes of them; both go out, and nothing else depends on them. */
  readonly verify?: readonly Tap[];
}

/** A range as one graph, and how its stream values leave it. */
export interface Segment {
  readonly graph: Graph;
  /** Stream value → the graph output that holds it now. */
  readonly written: ReadonlyMap<string, string>;
  /** Stream value → the value before the range that it now equals: it passes without a node. */
  readonly passed: ReadonlyMap<string, string>;
}

/** Under what name the i-th tensor of a site's feature enters and leaves a graph. */
export const featureName = (site: Site, index: number): string => `${site.id}#${index}`;
export const tapName = (tap: Tap): string => `tap ${tap.id}`;
/** What the blocks of a tap give when they are computed, and what estimates made of them. */
export const verifiedNames = ({ id }: Tap): readonly [string, string] => [`computed ${id}`, `estimated ${id}`];

const startName = (site: Site, value: string): string => `${value} before ${site.id}`;
const baseOf = (site: Site): readonly string[] => site.base ?? site.values;
const sinceOf = (site: Site): number => site.since ?? site.from;
const inside = (position: number, site: Site): boolean => site.from <= position && position < site.to;

/**
 * Compiles ranges of a model into graphs, each once.
 *
 * A cut costs a session call and the traffic of the values that cross it, so the executor asks for few and long ranges:
 * one for the whole pass unless a probe must be read on the way. A reused site is not cut out, it is left out.
 */
export const segmenter = (model: Model) => {
  const segments = new Map<string, Segment>();
  const { dims, reads } = survey(model);
  const dimsOf = (name: string): readonly number[] =>
    dims.get(name.split(" before ")[0] as string) as readonly number[];

  const build = (range: Range, key: string): Segment => {
    const graph = graphBuilder(model.weights);
    const values = new Map<string, GraphValue>();
    const written = new Set<string>();
    const stream: Stream = {
      get(name) {
        const value = values.get(name) ?? graph.input(name, dimsOf(name));
        values.set(name, value);
        return value;
      },
      set(name, value) {
        values.set(name, value);
        written.add(name);
      },
    };
    const residualSites = [...range.skip, ...range.keep].filter(({ keeps }) => keeps === "residual");
    const begin = (position: number): void => {
      for (const site of residualSites.filter((one) => sinceOf(one) === position))
        for (const value of baseOf(site)) stream.set(startName(site, value), stream.get(value));
      for (const tap of range.taps.filter(({ since }) => since === position))
        stream.set(`${tap.value} before tap ${tap.id}`, stream.get(tap.value));
    };
    const handedOut = new Map<GraphValue, string>();
    const readTaps = (position: number): void => {
      for (const tap of range.taps.filter(({ after }) => after === position)) {
        const now = stream.get(tap.value);
        const before = tap.since === undefined ? undefined : stream.get(`${tap.value} before tap ${tap.id}`);
        const value = before ? graph.sub(now, before) : now;
        handedOut.set(value, graph.output(tapName(tap), value));
      }
    };

    const before = new Map<Tap, GraphValue>();
    /** Computes the blocks of a tap on a copy of the stream. */
    const computeBeside = (tap: Tap): void => {
      const beside = new Map<string, GraphValue>();
      const copy: Stream = {
        get: (name) => beside.get(name) ?? stream.get(name),
        set: (name, value) => void beside.set(name, value),
      };
      const start = stream.get(tap.value);
      before.set(tap, start);
      for (const part of model.parts.slice(tap.since, tap.after)) part.emit(graph, copy);
      graph.output(verifiedNames(tap)[0], graph.sub(copy.get(tap.value), start));
    };
    const verify = (position: number): void => {
      for (const tap of range.verify ?? []) {
        if (tap.since === position) computeBeside(tap);
        if (tap.after === position)
          graph.output(verifiedNames(tap)[1], graph.sub(stream.get(tap.value), before.get(tap) as GraphValue));
      }
    };

    readTaps(range.from);
    for (let position = range.from; position < range.to; ) {
      begin(position);
      verify(position);
      const skipped = range.skip.find((site) => inside(position, site));
      if (skipped) {
        skipped.values.forEach((value, index) => {
          const feature = graph.input(featureName(skipped, index), dimsOf(value));
          const base = baseOf(skipped)[index] as string;
          stream.set(
            value,
            skipped.keeps === "value" ? feature : graph.add(stream.get(startName(skipped, base)), feature),
          );
        });
        position = skipped.to;
        readTaps(position);
        continue;
      }
      model.parts[position]?.emit(graph, stream);
      position += 1;
      for (const site of range.keep.filter(({ to }) => to === position))
        site.values.forEach((value, index) => {
          const now = stream.get(value);
          const feature =
            site.keeps === "value" ? now : graph.sub(now, stream.get(startName(site, baseOf(site)[index] as string)));
          graph.output(featureName(site, index), feature);
        });
      readTaps(position);
    }

    verify(range.to);
    const [leaving, passed] = [new Map<string, string>(), new Map<string, string>()];
    const later = new Set([...reads.slice(range.to).flatMap((names) => [...names]), model.output]);
    for (const site of residualSites.filter((one) => sinceOf(one) < range.to && range.to < one.to))
      for (const value of baseOf(site)) later.add(startName(site, value));
    for (const tap of range.taps.filter(
      ({ since, after }) => since !== undefined && since < range.to && range.to < after,
    ))
      later.add(`${tap.value} before tap ${tap.id}`);
    for (const name of written) {
      const value = values.get(name) as GraphValue;
      if (!later.has(name)) continue;
      if (graph.isInput(value)) {
        passed.set(name, value.name);
        continue;
      }
      // What is a tap as well, or what a residual will be taken against, crosses a cut once. The prediction is the caller's.
      const output = (name === model.output ? undefined : handedOut.get(value)) ?? graph.output(name, value);
      handedOut.set(value, output);
      leaving.set(name, output);
    }
    return { graph: graph.finish(key), written: leaving, passed };
  };

  return {
    segment(range: Range): Segment {
      const names = (sites: readonly Site[]): string =>
        sites.map((site) => `${site.id}:${site.keeps}:${sinceOf(site)}`).join(" ");
      const idsOf = (taps: readonly Tap[]): string => taps.map(({ id }) => id).join(" ");
      const key = `${model.key} ${range.from}-${range.to} skip[${names(range.skip)}] keep[${names(range.keep)}] taps[${idsOf(range.taps)}] verify[${idsOf(range.verify ?? [])}]`;
      const found = segments.get(key) ?? build(range, key);
      segments.set(key, found);
      return found;
    },
  };
};

export type Segmenter = ReturnType<typeof segmenter>;

/** Emits the whole network once to learn every stream value's shape and what each part reads. */
const survey = (model: Model) => {
  const values = new Map<string, GraphValue>(model.inputs.map((input) => [input.name, input]));
  const reads = model.parts.map((part) => {
    const names = new Set<string>();
    // A graph each: what `once` shares between parts is read by each of them, as a cut may lie between.
    part.emit(graphBuilder(model.weights), {
      get(name) {
        names.add(name);
        const value = values.get(name);
        if (!value) throw new Error(`${part.id} reads "${name}", which no earlier part writes`);
        return value;
      },
      set: (name, value) => void values.set(name, value),
    });
    return names;
  });
  return { dims: new Map([...values].map(([name, value]) => [name, value.dims])), reads };
};
