import fc from 'fast-check';
import { mergeThreeWay } from './three-way';

/** One change of a text whose lines all differ: what follows line `at` (how many lines go, what comes instead). */
interface Change {
  readonly at: number;
  readonly remove: number;
  readonly add: number;
}

const lines = (count: number) => Array.from({ length: count }, (_, at) => `base ${at}`);
const change = fc.record({ at: fc.nat(15), remove: fc.nat(2), add: fc.nat(2) });
const changes = fc.array(change, { maxLength: 4 });

/** Applies changes from the end to the beginning, each in lines that no other one has touched. */
function apply(base: readonly string[], all: readonly Change[], author: string): readonly string[] {
  const result = [...base];
  let end = base.length;
  for (const { at, remove, add } of [...all].sort((a, b) => b.at - a.at)) {
    if (at + remove > end || at >= end) continue;
    result.splice(at, remove, ...Array.from({ length: add }, (_, nth) => `${author} ${at}.${nth}`));
    end = at;
  }
  return result;
}

const triple = fc
  .record({ size: fc.integer({ min: 1, max: 16 }), user: changes, template: changes })
  .map(({ size, user, template }) => {
    const base = lines(size);
    return { base, user: apply(base, user, 'user'), template: apply(base, template, 'template') };
  });

const text = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');
const without = (all: readonly string[], others: readonly string[]) =>
  all.filter((line) => !others.includes(line));
const runs = { numRuns: 1000 };

describe('mergeThreeWay', () => {
  it("holds every line that either side added and none that either side removed, in each side's order", () => {
    let clean = 0;
    fc.assert(
      fc.property(triple, ({ base, user, template }) => {
        const merged = mergeThreeWay(text(base), text(user), text(template));
        if (!merged.clean) return;
        clean += 1;
        const result = merged.text.split('\n').slice(0, -1);
        const expected = [
          ...base.filter((line) => user.includes(line) && template.includes(line)),
          ...without(user, base),
          ...without(template, base),
        ];
        expect([...result].sort()).toEqual(expected.sort());
        for (const side of [user, template])
          expect(result.filter((line) => side.includes(line))).toEqual(
            side.filter((line) => result.includes(line)),
          );
      }),
      runs,
    );
    // Else the property would hold of nothing.
    expect(clean).toBeGreaterThan(100);
  });

  it("names the user's own lines of every conflict", () => {
    let conflicts = 0;
    fc.assert(
      fc.property(triple, ({ base, user, template }) => {
        const merged = mergeThreeWay(text(base), text(user), text(template));
        if (merged.clean) return;
        for (const { line, theirs } of merged.conflicts) {
          conflicts += 1;
          const found = text(user)
            .split('\n')
            .slice(line - 1);
          if (theirs !== '') expect(found.slice(0, theirs.split('\n').length).join('\n')).toBe(theirs);
        }
      }),
      runs,
    );
    expect(conflicts).toBeGreaterThan(100);
  });

  it('gives the one side where the other did not change, and the same again when merged again', () => {
    fc.assert(
      fc.property(triple, ({ base, user, template }) => {
        const [b, u, t] = [text(base), text(user), text(template)];
        expect(mergeThreeWay(b, u, b)).toEqual({ clean: true, text: u });
        expect(mergeThreeWay(b, b, t)).toEqual({ clean: true, text: t });
        expect(mergeThreeWay(b, t, t)).toEqual({ clean: true, text: t });
        const merged = mergeThreeWay(b, u, t);
        if (merged.clean) expect(mergeThreeWay(t, merged.text, t)).toEqual(merged);
      }),
      runs,
    );
  });

  it("settles every conflict with the preferred side's lines, and no line of its own is lost", () => {
    fc.assert(
      fc.property(triple, ({ base, user, template }) => {
        for (const [prefer, side] of [
          ['user', user],
          ['rendered', template],
        ] as const) {
          const merged = mergeThreeWay(text(base), text(user), text(template), prefer);
          expect(merged.clean).toBe(true);
          if (merged.clean)
            expect(merged.text.split('\n')).toEqual(expect.arrayContaining(without(side, base)));
        }
      }),
      runs,
    );
  });
});
