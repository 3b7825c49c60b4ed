/** Where the sources are: "https://github.com/OWNER/REPOSITORY". Without it pages have no edit links. */
export const repository = process.env.SITE_REPOSITORY ?? "";
