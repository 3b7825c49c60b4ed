/** Each command of Astro has a cache of its own: a build, also that of a test, else rewrites what a running `npm start` serves. */
export const ownCache = () => ({
  name: "own-cache",
  hooks: {
    "astro:config:setup": ({ command, updateConfig }) =>
      updateConfig({ vite: { cacheDir: `node_modules/.vite/${command}` } }),
  },
});
