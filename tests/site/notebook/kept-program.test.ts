import { beforeEach, describe, expect, test, vi } from "vitest";
import { readEdit } from "../../../site/notebook/edits.js";
import { keptProgram } from "../../../site/notebook/kept-program.js";

// A browser's storage, which Node has not.
beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
    removeItem: (key: string) => kept.delete(key),
  });
});

describe("a program that the browser keeps", () => {
  test("is what the reader wrote last, until it is the shipped one again", () => {
    const program = keptProgram("fora", "shipped");
    expect(program.edit("mine")).toMatch(/^Edited\. Your browser keeps the edits/);
    expect(keptProgram("fora", "shipped").open()).toEqual({
      text: "mine",
      note: "Your edits of this program, as you left them.",
    });
    expect(keptProgram("fora", "shipped today").open().note).toMatch(/an earlier version/);
    program.edit("shipped");
    expect(readEdit("fora")).toBeUndefined();
  });

  test("stays when a link brings another, is edited over and reset", () => {
    const program = keptProgram("fora", "shipped");
    program.edit("mine");
    const { text, note } = program.bring("theirs");
    expect(text).toBe("theirs");
    expect(note).toMatch(/came with a link.*Your own edits are kept/);
    expect(program.edit("theirs")).toBe(""); // the editor says that its text is another now
    expect(readEdit("fora")?.text).toBe("mine");
    expect(program.edit("theirs, changed")).toMatch(/is not kept/);
    expect(readEdit("fora")?.text).toBe("mine");
    expect(program.differs("shipped")).toBe(true); // Reset has something to bring back
    expect(program.reset().text).toBe("mine");
    expect(program.edit("mine")).not.toBe("");
    expect(readEdit("fora")?.text).toBe("mine");
    expect(program.reset()).toEqual({ text: "shipped", note: "The program as shipped." });
    expect(readEdit("fora")).toBeUndefined();
  });

  test("begins with a linked one once the reader changes it, where nothing was kept", () => {
    const program = keptProgram("fora", "shipped");
    program.bring("theirs");
    program.edit("theirs");
    expect(readEdit("fora")).toBeUndefined();
    program.edit("theirs, changed");
    expect(readEdit("fora")?.text).toBe("theirs, changed");
  });
});
