import { createHash } from 'node:crypto';

/** The classes of the sample, in the label encoder's order; `food` is the positive one. */
export const ICON_CLASSES = ['food', 'non_food'] as const;
export type IconClass = (typeof ICON_CLASSES)[number];

/** An icon package's own table of contents: category → names of icons. */
export type Categories = Readonly<Record<string, readonly string[]>>;

/** Names of things, one list per class, each list free of duplicates. */
export type ThingsByClass = Readonly<Record<IconClass, readonly string[]>>;

/** What the makers call their shelves of food (emojione: `Food`) and of other things (emojione: `Nature`, `Travel`). */
const CLASS_OF_CATEGORY: ReadonlyMap<string, IconClass> = new Map([
  ['Food & Drink', 'food'],
  ['Food', 'food'],
  ['Activities', 'non_food'],
  ['Animals & Nature', 'non_food'],
  ['Nature', 'non_food'],
  ['Objects', 'non_food'],
  ['Travel & Places', 'non_food'],
  ['Travel', 'non_food'],
]);

/** On the shelves of food, but nothing to eat or drink: what one eats with, and vessels. A drink in its glass is a drink. */
const TABLEWARE: ReadonlySet<string> = new Set([
  'amphora',
  'baby-bottle',
  'bottle-with-popping-cork',
  'bowl-with-spoon',
  'chopsticks',
  'fork-and-knife',
  'fork-and-knife-with-plate',
  'jar',
  'kitchen-knife',
  'pouring-liquid',
  'spoon',
  'teapot',
]);

/** In neither class, because the picture alone does not say: what lives or grows and is also eaten, or shows food. */
const AMBIGUOUS: ReadonlySet<string> = new Set([
  'blowfish',
  'brown-mushroom',
  'carp-streamer',
  'chestnut',
  'chicken',
  'crab',
  'fish',
  'fishing-pole',
  'hatching-chick',
  'herb',
  'jack-o-lantern',
  'lobster',
  'moon-viewing-ceremony',
  'mushroom',
  'nest-with-eggs',
  'octopus',
  'oyster',
  'rooster',
  'seedling',
  'sheaf-of-rice',
  'shrimp',
  'squid',
  'tropical-fish',
  'turkey',
]);

/** Left out too: round or plain signs that many makers draw alike, and long series of nearly the same drawing. */
const SIGNS_AND_SERIES = /-oclock$|-thirty$|clock$|moon|^sun(-with-face)?$|-suit$/;

/**
 * The class that an icon belongs to by its maker's category and its name, or `undefined` where it belongs to neither.
 */
export function classifyIcon(category: string, name: string): IconClass | undefined {
  if (TABLEWARE.has(name) || AMBIGUOUS.has(name)) return undefined;
  const iconClass = CLASS_OF_CATEGORY.get(category);
  return iconClass === 'non_food' && SIGNS_AND_SERIES.test(name) ? undefined : iconClass;
}

/** The class of every icon of one maker; an icon on shelves of both classes has none. */
function classesByName(categories: Categories): ReadonlyMap<string, IconClass> {
  const found = new Map<string, IconClass>();
  const disputed = new Set<string>();
  for (const [category, names] of Object.entries(categories)) {
    for (const name of names) {
      const iconClass = classifyIcon(category, name);
      if (iconClass === undefined) continue;
      if ((found.get(name) ?? iconClass) !== iconClass) disputed.add(name);
      found.set(name, iconClass);
    }
  }
  return new Map([...found].filter(([name]) => !disputed.has(name)));
}

/**
 * The things that every one of `makers` has drawn and all put into the same class, sorted by name.
 *
 * One list for all makers makes the splits alike in what they show, so that they differ in who drew it.
 */
export function thingsDrawnByAll(makers: readonly Categories[]): ThingsByClass {
  const [first, ...others] = makers.map(classesByName);
  const inClass = (wanted: IconClass): string[] =>
    [...(first ?? new Map<string, IconClass>())]
      .filter(([name, own]) => own === wanted && others.every((other) => other.get(name) === wanted))
      .map(([name]) => name)
      .sort();
  return { food: inClass('food'), non_food: inClass('non_food') };
}

/**
 * All the food, and as many of the other things, drawn by lot.
 *
 * The lot is the order of SHA-256 of `<seed>:<name>`: the same on every machine, and a thing more or less in the list
 * moves no other.
 */
export function drawByLot(things: ThingsByClass, seed: number): ThingsByClass {
  const lot = (name: string): string => createHash('sha256').update(`${seed}:${name}`).digest('hex');
  const drawn = things.non_food
    .map((name) => ({ name, lot: lot(name) }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, things.food.length)
    .map(({ name }) => name);
  return { food: things.food, non_food: drawn.sort() };
}
