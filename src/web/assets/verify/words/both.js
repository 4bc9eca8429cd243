// Both languages, for the one file that has no server to ask for the right one.

import * as en from "./en.js";
import { PACK as packEn } from "./pack.en.js";
import { PACK as packZh } from "./pack.zh-CN.js";
import * as zh from "./zh-CN.js";

export let LANGUAGE;
export let WORDS;

export function speak(language) {
  const [words, pack] = language === "en" ? [en, packEn] : [zh, packZh];
  LANGUAGE = words.LANGUAGE;
  WORDS = { ...words.WORDS, ...pack };
}
