/**
 * Words that are no part of a noun phrase: articles, prepositions, conjunctions, pronouns and auxiliary verbs. They tell
 * English from other languages, and part the phrases of those. Lists for captions, not for linguistics.
 */

const words = (text: string): Set<string> => new Set(text.split(' '));

/** English. */
export const stopWords = words(
  'a an the this that these those some any each every its his her their my your our it he she they i you we '
  + 'is are was were be been being am has have had having do does did can could will would may might must shall should '
  + 'of in on at by to from with without for about above below under over between behind beside near next into onto out '
  + 'up down off through across against along around as than and or but nor so not no there here who which what where when how',
);

/** German, French, Spanish, Italian, Portuguese, Dutch and Chinese, without what is an English stop word, too. */
export const otherStopWords = words(
  'der die das den dem des ein eine einen einem einer eines und oder auf mit von vom zu zum zur im am bei aus nach neben über unter vor hinter '
  + 'zwischen ist sind hat haben wird werden sich es er sie '
  + 'le la les un une de du des et ou dans sur sous avec sans pour par en au aux devant derrière est sont qui se ses son sa leur '
  + 'el los las una unos unas y con sin por para sobre bajo entre del al está están es su sus que '
  + 'il lo gli uno di da nel nella sul sulla con senza per tra fra del della dei delle ed è sono che '
  + 'o os um uma e do dos das no na nos nas ao à com sem são seu sua '
  + 'een het de van op met naast onder achter voor tussen bij aan naar uit zijn heeft en '
  + '的 了 着 在 是 和 与 有 一 个 一个 一只 只 上 下 里 中',
);
