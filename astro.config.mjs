import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { satteri } from "@astrojs/markdown-satteri";
import mdx from "@astrojs/mdx";
import starlight from "@astrojs/starlight";
import svelte from "@astrojs/svelte";
import { defineConfig } from "astro/config";
import starlightLinksValidator from "starlight-links-validator";
import { baseLinks } from "./site/page/base-links.mjs";
import { repository } from "./site/page/repository.mjs";
import { security } from "./site/page/security.mjs";
import { temmlMath } from "./site/page/temml-math.mjs";
import { ownCache } from "./site/publish/own-cache.mjs";
import { offlineFiles } from "./site/publish/published-files.ts";
import { apiPaths } from "./site/reference/api-pages.ts";
import { reference } from "./site/reference/reference.ts";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/** Pages of site/pages under their own names: with srcDir "." Astro would look for pages/ in the root. */
const sitePages = {
  name: "site-pages",
  hooks: {
    "astro:config:setup": ({ injectRoute, injectScript }) => {
      for (const script of ["missing-parts", "offline", "print", "scrollers"])
        injectScript("page", `import ${JSON.stringify(path(`./site/page/${script}.ts`))};`);
      const folder = path("./site/pages");
      for (const file of existsSync(folder) ? readdirSync(folder, { recursive: true }) : [])
        if (file.endsWith(".astro") || file.endsWith(".ts"))
          injectRoute({ pattern: `/${file.replace(/\.(astro|ts)$/, "")}`, entrypoint: `./site/pages/${file}` });
    },
  },
};

const group = (label, directory) => ({ label, items: [{ autogenerate: { directory } }] });

/** What snippets are highlighted with, found late: pre-bundled in time, or the page would be loaded anew. */
const shikiParts = [
  "shiki/dist/langs/typescript.mjs",
  "shiki/dist/langs/python.mjs",
  "shiki/dist/themes/github-light-high-contrast.mjs",
  "shiki/dist/themes/github-dark-high-contrast.mjs",
];

const base = process.env.SITE_BASE ?? "/";

export default defineConfig({
  site: process.env.SITE_URL ?? "http://localhost:4321",
  base,
  // The one layout in which content/docs at the root keeps sidebar, edit links and dates.
  srcDir: ".",
  publicDir: "./site/public",
  // dist/lib is the package.
  outDir: "./dist/site",
  devToolbar: { enabled: false },
  markdown: { processor: satteri({ features: { math: true }, mdastPlugins: [temmlMath(), baseLinks(base)] }) },
  integrations: [
    reference(base),
    starlight({
      title: "diffusion-cache",
      description: "Caching methods for diffusion transformers, explained and run live in the page.",
      customCss: [
        "./site/styles/theme.css",
        "./site/styles/prose.css",
        "./site/styles/breakout.css",
        "./site/styles/wide.css",
        "./site/styles/live.css",
        "./site/styles/grid.css",
        "./site/styles/results.css",
        "./site/styles/code.css",
        "./site/styles/editor.css",
        "./site/styles/print.css",
      ],
      plugins: [starlightLinksValidator({ errorOnRelativeLinks: false })],
      sidebar: [
        { label: "Your model", items: ["plan", "plan/how-true"] },
        { label: "Playground", slug: "play" },
        { label: "Gallery", items: ["gallery", "compare"] },
        group("Guide", "guide"),
        group("Methods", "methods"),
        {
          label: "Reference",
          items: [
            { autogenerate: { directory: "reference" } },
            { label: "API", items: [...apiPaths], collapsed: true },
          ],
        },
      ],
      tableOfContents: { minHeadingLevel: 2, maxHeadingLevel: 3 },
      routeMiddleware: ["./site/publish/social-cards.ts", "./site/page/layout.ts"],
      ...(repository ? { editLink: { baseUrl: `${repository}/edit/main/` } } : {}),
      components: { Hero: "./site/landing/Hero.astro", SiteTitle: "./site/page/SiteTitle.astro" },
      credits: false,
      pagination: true,
    }),
    mdx(),
    svelte(),
    ownCache(),
    sitePages,
    security(base),
    offlineFiles(),
  ],
  vite: {
    resolve: { alias: { "diffusion-cache": path("./src/engine/index.ts") } },
    build: {
      target: "esnext",
      // Pages that need one of these need nearly all; a file each would be forty requests.
      rolldownOptions: {
        output: {
          codeSplitting: {
            groups: [
              { name: "methods", test: /src.engine.(cache.|method\.)/ },
              // What a page needs before any method: else it would come with them.
              // Every script that loads another has it: with the methods it would bring them to every page.
              { name: "preload", test: /vite.preload-helper/, priority: 2 },
              { name: "words", test: /src.engine.(errors|expect|tensor|text.|measure.disturbed)/, priority: 1 },
            ],
          },
        },
      },
    },
    // The names that Astro gives to the page's own files, so that what both use is written once.
    worker: { format: "es", rolldownOptions: { output: { assetFileNames: "_astro/[name].[hash][extname]" } } },
    // Its .wasm is found beside its module, which pre-bundling would move away.
    optimizeDeps: {
      exclude: ["onnxruntime-web"],
      include: ["@observablehq/plot", "shiki/core", "shiki/engine/javascript", ...shikiParts],
    },
  },
});
