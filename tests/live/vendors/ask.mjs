// Reads a list of texts as JSON, and writes what the vendors' libraries say of each.
import { readFileSync } from "node:fs";
import { RichText } from "@atproto/api";
import twitter from "twitter-text";

const KINDS = { link: "uri", mention: "did", tag: "tag" };

function facet({ index, features: [feature] }) {
  const kind = feature.$type.split("#")[1];
  return [index.byteStart, index.byteEnd, kind, feature[KINDS[kind]]];
}

function said(text) {
  const { weightedLength, valid } = twitter.parseTweet(text);
  const rich = new RichText({ text });
  rich.detectFacetsWithoutResolution();
  return {
    weight: weightedLength,
    valid,
    graphemes: rich.graphemeLength,
    facets: (rich.facets ?? []).map(facet),
  };
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(said)));
