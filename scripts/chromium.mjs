// Finds the Chromium that the browser tests drive, and prints its path. Installs Debian's where that is possible.
import { execFileSync, execSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const names = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

const onPath = () => {
  for (const name of names)
    try {
      return execFileSync("/bin/sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
    } catch {}
  return undefined;
};

/** Path of a Chromium, or undefined. `CHROMIUM_PATH` goes before what is on PATH. */
export const findChromium = () => {
  const named = process.env.CHROMIUM_PATH;
  return named && existsSync(named) ? named : onPath();
};

/** What Playwright 1.65 turns off: Chromium heeds only the last list, so ours says it again. */
const playwrightTurnsOff = [
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "LensOverlay",
  "MediaRouter",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "TcpPortRandomizationWin",
  "OptimizationHints",
  "NetworkTimeServiceQuerying",
  "AimEnabled",
  "PreconnectToSearch",
  "msForceBrowserSignIn",
  "msEdgeUpdateLaunchServicesPreferredVersion",
];
/**
 * Chromium's samplers of allocations, which some processes have by chance. They walk the stack of an allocation, and
 * Chromium 156 reads beyond the end of it where that is a stack of JSPI's, as in onnxruntime: the page crashes.
 */
const samplers = ["GwpAsanMalloc", "GwpAsanPartitionAlloc", "HeapProfilerReporting"];
/** Arguments for WebGPU on a machine without a GPU. */
export const softwareGpu = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  `--disable-features=${[...playwrightTurnsOff, ...samplers].join(",")}`,
];

/**
 * Environment in which Vulkan is SwiftShader, the software driver that Chromium brings: for WebGPU in Node on a machine
 * without a GPU. Off Linux there is no Vulkan to choose, and it is empty.
 */
export const softwareVulkan = () => {
  if (process.platform !== "linux") return {};
  const chromium = findChromium();
  const folders = [...(chromium ? [dirname(realpathSync(chromium))] : []), "/usr/lib/chromium", "/opt/google/chrome"];
  const driver = "vk_swiftshader_icd.json";
  const found = folders.find((folder) => existsSync(join(folder, driver)));
  if (!found) throw new Error(`WebGPU in Node needs ${driver} of Chromium, and none is in ${folders.join(", ")}.`);
  return { VK_ICD_FILENAMES: join(found, driver), LD_LIBRARY_PATH: found };
};

const isDebianRoot = () =>
  process.getuid?.() === 0 && existsSync("/etc/os-release") && /debian/i.test(readFileSync("/etc/os-release", "utf8"));

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  if (!findChromium() && isDebianRoot()) {
    console.log("Chromium is missing: installing Debian's package.");
    execSync("apt-get update -qq && apt-get install -y -qq chromium", { stdio: ["ignore", "ignore", "inherit"] });
  }
  const found = findChromium();
  if (!found) {
    console.error(
      "The browser tests need Chromium or Chrome, and none was found. Install one (Debian: apt-get install chromium), or set CHROMIUM_PATH to it.",
    );
    process.exit(1);
  }
  console.log(found);
}
