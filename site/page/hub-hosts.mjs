/**
 * Where a model on the Hub comes from: its pages and its API, and the servers of files that it sends readers on to. None
 * where the site is built with SITE_HUB=off.
 */
export const hubHosts = process.env.SITE_HUB === "off" ? [] : ["https://huggingface.co", "https://*.hf.co"];
