import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { commands } from "vitest/browser";
import { deleteKeptFiles, keptFiles } from "../../src/engine/models/file-cache.js";
import type { BrowserHubQuirks } from "./hub-commands.js";
import type { Asked, Loaded } from "./loading-worker.js";

// Models of another origin come to the disk of the browser as they are downloaded, and are read from there in parts.

const weights = "transformer/diffusion_pytorch_model.safetensors";

/** A server like the Hub, of another origin, and the address of a model on it. */
const hubWith = async (quirks: BrowserHubQuirks = {}) => {
  const origin = await commands.openBrowserHub(quirks);
  onTestFinished(() => commands.closeHub(origin));
  const files = async () => (await commands.askedOfHub(origin)).filter((path: string) => path.startsWith("file"));
  return { origin, address: `hub:${origin}/org/dit`, files };
};

/** Loads in a worker of its own, as another tab would. */
const load = (asked: Asked, onProgress?: (loaded: number, stop: () => void) => void): Promise<Loaded> => {
  const worker = new Worker(new URL("./loading-worker.ts", import.meta.url), { type: "module" });
  onTestFinished(() => worker.terminate());
  return new Promise((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data }: MessageEvent<{ readonly progressed?: number; readonly loaded?: Loaded }>) => {
      if (data.progressed !== undefined) onProgress?.(data.progressed, () => worker.postMessage("stop"));
      if (data.loaded) resolve(data.loaded);
    };
    worker.postMessage(asked);
  });
};

const large = async () => (await keptFiles()).filter(({ path }) => path.endsWith(".safetensors"));

beforeEach(() => deleteKeptFiles());

describe("a model on the Hub, loaded by a worker", () => {
  test("is kept on the disk, listed and deleted there, and loaded again without a network", async () => {
    const hub = await hubWith();
    const first = await load({ address: hub.address });
    expect(first.error).toBeUndefined();
    expect(first.sums?.length).toBeGreaterThan(10);
    const [file] = await large();
    expect(file).toMatchObject({ path: weights, part: false, key: expect.stringMatching(/^opfs:[0-9a-f]{64}\./) });
    expect((await navigator.storage.estimate()).usage).toBeGreaterThan(file?.bytes ?? Number.POSITIVE_INFINITY);
    await commands.closeHub(hub.origin);
    expect((await load({ address: hub.address })).sums).toEqual(first.sums);
    await deleteKeptFiles([file?.key ?? ""]);
    expect(await large()).toEqual([]);
  });

  test("is read tensor by tensor, with progress that never goes back", async () => {
    const hub = await hubWith();
    const whole = await load({ address: hub.address });
    const parts = await load({ address: hub.address, inParts: weights });
    expect(parts.sums).toEqual(whole.sums);
    expect(await hub.files()).toHaveLength(1);
    await deleteKeptFiles();
    const { progress } = await load({ address: hub.address, inParts: weights });
    const loaded = progress.map(([bytes]) => bytes);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect(new Set(progress.map(([, total]) => total)).size).toBe(1);
    expect(loaded.at(-1)).toBe(progress[0]?.[1]);
  });

  test("is downloaded once by two tabs", async () => {
    const hub = await hubWith();
    const both = await Promise.all([load({ address: hub.address }), load({ address: hub.address })]);
    expect(both.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(both[0]?.sums).toEqual(both[1]?.sums);
    expect(await hub.files()).toHaveLength(1);
  });

  test("goes on where a connection broke off", async () => {
    const hub = await hubWith({ cutAt: 100_000 });
    expect((await load({ address: hub.address })).error).toBeUndefined();
    expect(await hub.files()).toEqual([`file ${weights}`, expect.stringMatching(/bytes=[1-9]\d*-$/)]);
    expect(await large()).toHaveLength(1);
  });

  test("that was stopped keeps its beginning, and another visit asks for the rest", async () => {
    const hub = await hubWith({ waitAt: 100_000 });
    const stopped = await load({ address: hub.address }, (loaded, stop) => loaded > 0 && stop());
    expect(stopped.error?.code).toBe("stopped");
    const [part] = await large();
    expect(part).toMatchObject({ path: weights, part: true });
    expect(part?.bytes).toBeGreaterThan(0);
    expect((await load({ address: hub.address })).error).toBeUndefined();
    expect((await hub.files()).at(-1)).toBe(`file ${weights} bytes=${part?.bytes}-`);
    expect((await large()).map((file) => file.part)).toEqual([false]);
  });

  test("whose hash differs is refused, and nothing of it is kept", async () => {
    const hub = await hubWith({ harmed: true });
    const { error } = await load({ address: hub.address });
    expect(error).toMatchObject({ code: "hash-mismatch", hint: expect.stringContaining("Load it again") });
    expect(error?.message).toMatch(/its SHA-256 is [0-9a-f]{64} instead of [0-9a-f]{64}\.$/);
    expect(await large()).toEqual([]);
  });
});

describe("a browser whose storage is full", () => {
  const says = expect.stringMatching(
    /^transformer\/.* is not kept: .*downloaded again next time; delete files that the browser keeps/,
  );

  test("loads into memory, says so, and keeps nothing of it", async () => {
    const hub = await hubWith();
    onTestFinished(() => commands.freeStorage());
    await commands.limitStorage(150_000);
    const { error, sums, notes } = await load({ address: hub.address });
    expect(error).toBeUndefined();
    expect(sums?.length).toBeGreaterThan(10);
    expect(notes).toEqual([says]);
    expect(await large()).toEqual([]);
    expect(await hub.files()).toEqual([`file ${weights}`, `file ${weights}`]);
  });

  test("while a file is written keeps no half of it", async () => {
    const hub = await hubWith({ waitAt: 50_000 });
    onTestFinished(() => commands.freeStorage());
    const fill = () => commands.limitStorage(1000).then(() => commands.releaseHub(hub.origin));
    let full: Promise<unknown> | undefined;
    const { error, notes, sums } = await load({ address: hub.address }, (loaded) => {
      if (loaded > 0 && !full) full = fill();
    });
    expect(error).toBeUndefined();
    expect(sums?.length).toBeGreaterThan(10);
    expect(notes).toEqual([says]);
    expect(await large()).toEqual([]);
  });
});

test("a server that lets no other page read is named after one try", async () => {
  const hub = await hubWith({ cors: false });
  const { error } = await load({ address: hub.address });
  expect(error?.code).toBe("download-failed");
  expect(error?.message).toContain("does not let pages of other origins read");
  expect(error?.hint).toContain("Access-Control-Allow-Origin");
  expect(await commands.askedOfHub(hub.origin)).toHaveLength(2); // one try, and the question whether somebody is there
});

test("a gated model is named by its page, 401 or 403", async () => {
  for (const gatedStatus of [401, 403] as const) {
    await deleteKeptFiles();
    const hub = await hubWith({ gated: "org/dit", gatedStatus });
    const { error } = await load({ address: hub.address });
    expect(error?.message).toContain("org/dit is gated");
    expect(error?.message).toContain(`(${gatedStatus})`);
    expect(await keptFiles()).toHaveLength(1); // the listing
  }
});
