// What parsers written in JavaScript read in a feed, as lines of JSON: node parsers.mjs FOLDER PARSER FILE
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const [folder, parser, file] = process.argv.slice(2);
const need = createRequire(`${folder}/`);
const text = readFileSync(file, "utf8");
const list = (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]);
const first = (...values) => values.find((value) => value !== undefined && value !== null && value !== "") ?? null;
const href = (links, rel, test = () => true) =>
  first(...list(links).filter((link) => link.rel === rel && test(link)).map((link) => link.href));

const read = {
  async feedsmith() {
    const { format, feed } = need("feedsmith").parseFeed(text);
    return list(feed.entries ?? feed.items).map((item) =>
      format === "atom"
        ? {
            id: item.id,
            title: item.title?.value ?? item.title,
            link: first(...item.links.filter((link) => link.rel === "alternate").map((link) => link.href)),
            published: item.published,
            updated: item.updated,
            authors: list(item.authors).map((author) => author.name),
            categories: list(item.categories).map((category) => category.label ?? category.term),
            language: item.xml?.lang,
            summary: item.summary?.value ?? item.summary,
            content: item.content?.value ?? item.content,
            picture: item.media?.contents?.[0]?.url ?? item.media?.thumbnails?.[0]?.url,
            enclosure: href(item.links, "enclosure"),
            translation: href(item.links, "alternate", (link) => link.hreflang && link.hreflang !== item.xml?.lang),
          }
        : format === "rss"
          ? {
              id: item.guid?.value,
              title: item.title,
              link: item.link,
              published: item.pubDate,
              updated: null,
              authors: list(item.dc?.creators),
              categories: list(item.categories).map((category) => category.name),
              language: first(...list(item.dc?.languages)),
              summary: item.content?.encoded ? item.description : null,
              content: item.content?.encoded ?? item.description,
              picture: item.media?.contents?.[0]?.url ?? item.media?.thumbnails?.[0]?.url,
              enclosure: first(...list(item.enclosures).map((each) => each.url)),
              translation: href(item.atom?.links, "alternate", (link) => link.hreflang),
            }
          : {
              id: item.id,
              title: item.title,
              link: item.url,
              published: item.date_published,
              updated: item.date_modified,
              authors: list(item.authors).map((author) => author.name),
              categories: list(item.tags),
              language: item.language,
              summary: item.summary,
              content: item.content_html ?? item.content_text,
              picture: item.image,
              enclosure: first(...list(item.attachments).map((each) => each.url)),
            },
    );
  },
  async "rss-parser"() {
    const Parser = need("rss-parser");
    const feed = await new (Parser.default ?? Parser)().parseString(text);
    return feed.items.map((item) => ({
      id: item.guid ?? item.id,
      title: item.title,
      link: item.link,
      published: item.isoDate,
      authors: list(item.creator ?? item.author),
      categories: list(item.categories).map((category) => category._ ?? category),
      language: item.language,
      summary: item.summary,
      content: item["content:encoded"] ?? item.content,
      enclosure: item.enclosure?.url,
    }));
  },
  async "feed-parser"() {
    const feed = need("@rowanmanning/feed-parser").parseFeed(text).toJSON();
    return feed.items.map((item) => ({
      id: item.id,
      title: item.title,
      link: item.url,
      published: item.published,
      updated: item.updated,
      authors: item.authors.map((author) => author.name),
      categories: item.categories.map((category) => category.label ?? category.term),
      summary: item.content ? item.description : null,
      content: item.content ?? item.description,
      picture: item.image?.url,
      enclosure: first(...item.media.map((each) => each.url)),
    }));
  },
};
for (const item of await read[parser]()) console.log(JSON.stringify(item));
