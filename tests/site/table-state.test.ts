import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fragmentFromState, inOrder, passes, stateFromFragment } from "../../site/filter-table/table-state.js";

const offered = { needs: ["guidance", "nothing"], model: ["FLUX.1-dev", "Wan2.1 1.3B"] };
const columns = ["method", "speed-up"];
const read = (fragment: string) => stateFromFragment(fragment, offered, columns);

describe("a table's state in an address", () => {
  it("comes back as it was", () => {
    const value = <T extends string>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });
    fc.assert(
      fc.property(
        value(offered.needs),
        value(offered.model),
        value(columns),
        fc.boolean(),
        (needs, model, column, descending) => {
          const filters = { ...(needs ? { needs } : {}), ...(model ? { model } : {}) };
          const state = { filters, ...(column ? { sort: { column, descending } } : {}) };
          expect(read(`#${fragmentFromState(state)}`)).toEqual(state);
        },
      ),
    );
  });
  it("takes nothing that is not offered, whatever the address holds", () => {
    fc.assert(
      fc.property(fc.string(), (fragment) => {
        const { filters, sort } = read(fragment);
        for (const [key, value] of Object.entries(filters))
          expect(offered[key as keyof typeof offered]).toContain(value);
        if (sort) expect(columns).toContain(sort.column);
      }),
    );
    expect(read("#needs=money&model=FLUX.1-dev&sort=-price")).toEqual({ filters: { model: "FLUX.1-dev" } });
    expect(read("#the-figures")).toEqual({ filters: {} });
  });
  it("leaves a bare address where nothing is set", () => {
    expect(fragmentFromState({ filters: {} })).toBe("");
  });
});

describe("rows", () => {
  it("pass when every filter finds its value, among several too", () => {
    const facts = { needs: "guidance", model: ["FLUX.1-dev", "Wan2.1 1.3B"] };
    expect(passes(facts, {})).toBe(true);
    expect(passes(facts, { model: "Wan2.1 1.3B", needs: "guidance" })).toBe(true);
    expect(passes(facts, { needs: "nothing" })).toBe(false);
    expect(passes({}, { needs: "nothing" })).toBe(false);
  });
  it("stand by size or by the alphabet, those without a value last", () => {
    const sorted = <T extends string | number>(values: readonly (T | undefined)[], descending: boolean) =>
      [...values].sort((a, b) => inOrder(a, b, descending));
    expect([...[2, undefined, 10, 9]].sort((a, b) => inOrder(a, b, false))).toEqual([2, 9, 10, undefined]);
    expect(["b", "a", "c"].toSorted((a, b) => inOrder(a, b, true))).toEqual(["c", "b", "a"]);
    // Array.sort puts undefined last by itself, so the comparison is asked directly.
    expect(inOrder(undefined, 3, true)).toBeGreaterThan(0);
    expect(inOrder(3, undefined, true)).toBeLessThan(0);
    expect(sorted([1, 2], true)).toEqual([2, 1]);
  });
});
