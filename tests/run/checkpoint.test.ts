import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/engine/files/safetensors.js";
import { openFiles } from "../../src/engine/models/files.js";
import { loadCheckpoint, loadSchedulerConfig } from "../../src/engine/run/checkpoint.js";
import { engineRejection } from "../error.js";
import { serve } from "../models/serve.js";

const fixtures = fileURLToPath(new URL("../fixtures/latte-a", import.meta.url));
const weights = "diffusion_pytorch_model.safetensors";
const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const tensor = (...data: number[]) => ({ dims: [data.length], data: Float32Array.from(data) });

type Tree = Readonly<Record<string, Uint8Array>>;

/** A folder on disk for the length of one test. */
const folderOf = async (tree: Tree): Promise<string> => {
  const root = await mkdtemp(join(tmpdir(), "checkpoint-"));
  onTestFinished(() => rm(root, { recursive: true }));
  for (const [path, bytes] of Object.entries(tree)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
  return root;
};

const manifestOf = (tree: Tree, more: object = {}) => ({
  ...more,
  files: Object.entries(tree).map(([path, bytes]) => ({
    path,
    bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  })),
});

const first = writeSafetensors([["a", tensor(1, 2)]]);
const second = writeSafetensors([["b", tensor(3)]]);
const sharded: Tree = {
  "transformer/config.json": json({ _class_name: "Net" }),
  [`transformer/${weights}.index.json`]: json({
    metadata: { total_size: 12 },
    weight_map: { a: "model-00001-of-00002.safetensors", b: "model-00002-of-00002.safetensors" },
  }),
  "transformer/model-00001-of-00002.safetensors": first,
  "transformer/model-00002-of-00002.safetensors": second,
};
const plain: Tree = { "config.json": json({ _class_name: "Net" }), [weights]: first };

const load = async (tree: Tree) => loadCheckpoint(await openFiles(await folderOf(tree)));

describe("loadCheckpoint", () => {
  it("reads a pipeline's folder and a network's own", async () => {
    const [pipeline, network] = [
      await loadCheckpoint(await openFiles(fixtures)),
      await loadCheckpoint(await openFiles(join(fixtures, "transformer"))),
    ];
    expect(pipeline.config).toMatchObject({ _class_name: "LatteTransformer3DModel", num_layers: 2 });
    expect(network.config).toEqual(pipeline.config);
    const whole = readSafetensors(new Uint8Array(await readFile(join(fixtures, "transformer", weights))));
    expect([...pipeline.weights.keys()]).toEqual([...whole.keys()]);
    for (const [name, { dims, data }] of whole) expect(network.weights.get(name)).toMatchObject({ dims, data });
    expect(pipeline.manifest).toBeUndefined();
    expect(pipeline.vocabulary).toBeUndefined();
  });

  it("joins shards, with scheduler, vocabulary and manifest", async () => {
    const words = { slots: [{ name: "colour", words: ["red"] }], template: "{colour}", objects: 1 };
    const tree = {
      ...sharded,
      "scheduler/scheduler_config.json": json({ _class_name: "DDIMScheduler" }),
      "text/vocabulary.json": json(words),
    };
    const manifest = manifestOf(tree, { name: "net", clip: { fps: 8 }, defaults: { steps: 20 }, extra: [1] });
    const found = await load({ ...tree, "manifest.json": json(manifest) });
    expect([...found.weights].map(([name, { data }]) => [name, ...data])).toEqual([
      ["a", 1, 2],
      ["b", 3],
    ]);
    expect(found.schedulerConfig).toEqual({ _class_name: "DDIMScheduler" });
    expect(found.vocabulary?.columns).toBe(2);
    expect(found.manifest).toEqual(manifest);
  });

  it("reads the same over the network, with one total from the first byte on", async () => {
    const tree: Tree = { ...sharded, "manifest.json": json(manifestOf(sharded)) };
    const asked: string[] = [];
    const base = await serve((path, response) => {
      asked.push(path);
      const bytes = tree[path];
      if (bytes) response.end(bytes);
      else response.writeHead(404).end();
    });
    const seen: { loaded: number; total: number; file: string }[] = [];
    const { weights: found } = await loadCheckpoint(await openFiles(base), { onProgress: (step) => seen.push(step) });
    expect([...found.keys()]).toEqual(["a", "b"]);
    expect(new Set(seen.map(({ total }) => total))).toEqual(new Set([first.length + second.length]));
    expect(seen.at(-1)?.loaded).toBe(first.length + second.length);
    // What the manifest does not list is not asked for.
    expect(asked.filter((path) => !(path in tree))).toEqual([]);
  });

  it("stops, and stops the other shards when one fails", async () => {
    const stop = new AbortController();
    let [asked, cut] = [0, 0];
    const base = await serve((path, response) => {
      const bytes = sharded[path];
      if (path.includes("00001")) {
        asked++;
        response.on("close", () => cut++);
        response.writeHead(200, { "content-length": 1e6 }).write("slow");
      } else if (bytes && !path.includes("00002")) response.end(bytes);
      else setTimeout(() => response.writeHead(path.includes("00002") ? 401 : 404).end(), 50);
    });
    await engineRejection("download-failed", loadCheckpoint(await openFiles(base)));
    const options = { signal: stop.signal, onProgress: () => stop.abort() };
    await engineRejection("stopped", loadCheckpoint(await openFiles(base), options));
    await engineRejection("stopped", loadCheckpoint(await openFiles(base), options));
    expect(asked).toBeGreaterThanOrEqual(2);
    await expect.poll(() => cut).toBe(asked);
  });

  const index = (map: unknown) => ({ ...sharded, [`transformer/${weights}.index.json`]: json({ weight_map: map }) });
  const manifest = (change: (text: string) => string) => ({
    ...plain,
    "manifest.json": new TextEncoder().encode(change(JSON.stringify(manifestOf(plain)))),
  });
  it.each<[string, Tree, Parameters<typeof engineRejection>[0], string]>([
    ["an empty folder", {}, "file-missing", "neither transformer/config.json nor config.json"],
    ["no weights", { "config.json": json({}) }, "file-missing", `${weights} does not exist`],
    ["a config that is no JSON", { ...plain, "config.json": json("x").slice(1) }, "file-invalid", "config.json is not"],
    ["a config that is a list", { ...plain, "config.json": json([]) }, "file-invalid", "it holds a list"],
    ["weights cut short", { ...plain, [weights]: first.slice(0, -1) }, "file-invalid", "cut short"],
    ["a vocabulary of nothing", { ...plain, "text/vocabulary.json": json({}) }, "file-invalid", "vocabulary"],
    ["an index of nothing", index({}), "file-invalid", "names no tensors"],
    ["an index out of its folder", index({ a: "../../a.safetensors" }), "file-invalid", "../../a.safetensors"],
    ["an index to a missing shard", index({ a: "model-3.safetensors" }), "file-missing", "model-3.safetensors"],
    ["an index to the wrong shard", index({ b: "model-00001-of-00002.safetensors" }), "file-invalid", 'tensor "b"'],
    [
      "a tensor in two shards",
      {
        ...sharded,
        "transformer/model-00002-of-00002.safetensors": writeSafetensors([
          ["a", tensor(1)],
          ["b", tensor(1)],
        ]),
      },
      "file-invalid",
      "two shards",
    ],
    ["a manifest that is no manifest", { ...plain, "manifest.json": json({}) }, "file-invalid", "files is not a list"],
    ["a manifest without hash", manifest((text) => text.replace("sha256", "md5")), "file-invalid", "files[0]"],
    ["a manifest with a wrong type", manifest((text) => `{"name":1,${text.slice(1)}`), "file-invalid", "name is 1"],
    [
      "a file changed after its manifest",
      { ...manifest((text) => text), "config.json": json({ _class_name: "Nut" }) },
      "hash-mismatch",
      "config.json",
    ],
    [
      "weights cut short after their manifest",
      { ...manifest((text) => text), [weights]: first.slice(8) },
      "hash-mismatch",
      `${first.length - 8} bytes instead of ${first.length}`,
    ],
    [
      "a shard cut short after its manifest",
      {
        ...sharded,
        "manifest.json": json(manifestOf(sharded)),
        "transformer/model-00002-of-00002.safetensors": second.slice(0, -4),
      },
      "hash-mismatch",
      "model-00002-of-00002.safetensors",
    ],
    [
      "a shard without manifest cut short",
      { ...sharded, "transformer/model-00001-of-00002.safetensors": first.slice(0, -4) },
      "file-invalid",
      "model-00001-of-00002.safetensors",
    ],
    [
      "a listed file that is not there",
      manifest((text) => text.replaceAll("config.json", "transformer/config.json")),
      "file-missing",
      "transformer/config.json",
    ],
  ])("refuses %s", async (_, tree, code, words) => {
    const error = await engineRejection(code, load(tree));
    expect(error.message).toContain(words);
    expect(error.message).not.toContain("\n");
    expect(error.hint).toBeTruthy();
  });

  it("refuses a folder that does not exist, and a file in its place", async () => {
    await engineRejection("file-missing", openFiles("/no/such/folder").then(loadCheckpoint));
    await engineRejection("file-missing", openFiles(join(fixtures, "reference.json")).then(loadCheckpoint));
  });
});

describe("loadSchedulerConfig", () => {
  it("finds the config in its own folder and in a pipeline's", async () => {
    const config = { _class_name: "DDIMScheduler" };
    const root = await folderOf({ "scheduler/scheduler_config.json": json(config) });
    expect(await loadSchedulerConfig(await openFiles(root))).toEqual(config);
    expect(await loadSchedulerConfig(await openFiles(join(root, "scheduler")))).toEqual(config);
    await engineRejection("file-missing", openFiles(join(root, "nothing")).then(loadSchedulerConfig));
    await engineRejection(
      "file-missing",
      loadSchedulerConfig(await openFiles(await folderOf({ "config.json": json({}) }))),
    );
  });
});
