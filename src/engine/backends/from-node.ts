/**
 * A package as Node finds it when the program runs. Each bundler has a word of its own for "do not follow", and those
 * that fold constants would follow a name that stands here.
 */
export const fromNode = <Package>(name: string): Promise<Package> =>
  import(/* webpackIgnore: true */ /* turbopackIgnore: true */ /* @vite-ignore */ name) as Promise<Package>;
