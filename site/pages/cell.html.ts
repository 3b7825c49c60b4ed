import type { APIRoute } from "astro";
import { build } from "esbuild";

const root = process.cwd();

/** A file of site/notebook/cell with all that it imports, as one classic script: the sandbox can load nothing. */
const bundled = async (name: string): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [`${root}/site/notebook/cell/${name}.ts`],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2024",
    logLevel: "error",
    alias: { "diffusion-cache": `${root}/src/engine/index.ts` },
    // The address of the worker that a cell never starts: its engine is the page's.
    define: { "import.meta.url": '""' },
  });
  return (outputFiles[0]?.text ?? "").replaceAll("</script", "<\\/script");
};

/** No request goes out: not to the site, not anywhere. Code comes in by message and runs in a worker made of a data: address. */
const policy = "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src data:";

/** The page behind which readers' code runs. Only ever shown in a sandboxed frame. */
export const GET: APIRoute = async () => {
  const [frame, runtime] = await Promise.all([bundled("frame"), bundled("worker")]);
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="robots" content="noindex">
<title>Sandbox of a notebook</title>
<script type="text/plain" id="runtime">${runtime}</script>
<script>${frame}</script>
</html>
`;
  return new Response(html, { headers: { "content-type": "text/html; charset=utf-8" } });
};
