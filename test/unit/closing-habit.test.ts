import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClosingHabit } from '../../common/http/upstream/closing-habit.ts';

test('a time after which connections end is kept away from by half of it', () => {
  const habit = new ClosingHabit();
  assert.equal(habit.couldEnd(1e9), false);
  habit.ended(2000, 7);
  habit.ended(3000, 7);
  assert.deepEqual(
    [999, 1000].map((idle) => habit.couldEnd(idle)),
    [false, true],
  );
  assert.equal(habit.isSpent(7), false, 'the number was not the reason');
});

test('a number of answers that two connections in a row have ended soon behind is not passed', () => {
  const habit = new ClosingHabit();
  habit.ended(1, 5);
  assert.deepEqual([habit.isSpent(5), habit.couldEnd(0.4), habit.couldEnd(0.5)], [false, false, true]);
  habit.ended(3, 5);
  assert.deepEqual(
    [4, 5, 6].map((answers) => habit.isSpent(answers)),
    [false, true, true],
  );
  assert.equal(habit.couldEnd(100), false, 'the time was not the reason');
});

test('a connection that ends in the face of a request does so for the number, whenever that is', () => {
  const habit = new ClosingHabit();
  habit.ended(2000, 3, true);
  habit.ended(900, 3, true);
  assert.equal(habit.isSpent(3), true);
});

test('connections that end together, each behind another number of answers, tell of none', () => {
  const habit = new ClosingHabit();
  for (const answers of [9, 4, 7, 1, 1]) habit.ended(0.1, answers);
  assert.equal(habit.isSpent(9), false);
});

test('a number of answers is put to the test again at times', () => {
  const habit = new ClosingHabit();
  habit.ended(1, 2);
  habit.ended(1, 2);
  let closed = 0;
  while (habit.isSpent(2)) closed += 1;
  assert.equal(closed, 1001);
  habit.ended(1, 2);
  assert.equal(habit.isSpent(2), false);
});
