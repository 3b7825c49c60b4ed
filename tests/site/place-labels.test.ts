import { expect, it } from "vitest";
import { placeLabels } from "../../site/table/place-labels.js";

const room = { width: 400, height: 200 };

it("a name stands at the right of its point, and at the left where the room ends", () => {
  const [free, edge] = placeLabels(
    [
      { text: "PAB", x: 100, y: 100 },
      { text: "FirstBlockCache", x: 380, y: 50 },
    ],
    [],
    room,
  );
  expect(free).toEqual({ x: 110, y: 104, anchor: "start" });
  expect(edge?.anchor).toBe("end");
});

it("two points in one place have their names apart", () => {
  const [a, b] = placeLabels(
    [
      { text: "CFG-Cache", x: 200, y: 100 },
      { text: "FasterCache", x: 200, y: 101 },
    ],
    [],
    room,
  );
  expect([a?.x, a?.y]).not.toEqual([b?.x, b?.y]);
  expect(a?.anchor === b?.anchor && Math.abs((a?.y ?? 0) - (b?.y ?? 0)) < 12).toBe(false);
});
