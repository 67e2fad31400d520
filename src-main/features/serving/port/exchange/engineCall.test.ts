import { expect, test } from 'vitest';
import { FakeClock } from '../../../../../test/fakes/facts/fakeClock.ts';
import { aConfig } from '../../../../../test/fakes/serving/aModel.ts';
import type { SlotRequest, SlotResult } from '../../scheduler/schedulerPort.ts';
import { takeSlot } from './engineCall.ts';
import { ExchangeBook } from './exchangeBook.ts';

test('who gives a slot can tell when the engine last sent something for it', async () => {
  const clock = new FakeClock();
  const exchange = new ExchangeBook({ clock }).open({ endpoint: '/v1/chat/completions', model: 'a', config: aConfig('a'), keyId: null, keyName: 'none', client: null, isStream: true });
  const asked: SlotRequest[] = [];
  const request = (one: SlotRequest): Promise<SlotResult> => { asked.push(one); return Promise.resolve({ kind: 'refused', refusal: { kind: 'cancelled' } }); };
  await takeSlot({ slots: { request } }, exchange, 0).catch(() => undefined);
  const heard = [asked[0]?.getHeardAtMs?.()];

  for (const tokens of [0, 1, 1]) {
    await clock.advance(1_000);
    exchange.noteTokens(tokens);
    heard.push(asked[0]?.getHeardAtMs?.());
  }

  expect(heard).toEqual([null, 1_000, 2_000, 3_000]);
});
