import { expect, test } from 'vitest';
import { modelConfig, modelConfigSettings } from '#contract/modelConfigs.ts';
import type { ModelConfig } from '#contract/modelConfigs.ts';
import { aVersion } from '../models/aVersion.ts';
import { aServedModel } from '../serving/aServedModel.ts';
import { chooseCompared, findChatModel, listAsked, listChatModels, toContextTokens, toPictures } from './chatModels.ts';

const aConfig = (name: string, set: object = {}): ModelConfig => modelConfig.parse({ ...modelConfigSettings.parse({ name, model: null }), id: name, versionId: null, isImplicit: false, createdAtMs: 0, updatedAtMs: 0, problem: null, ...set });
const seer = aVersion({ id: 'ver_seer', reference: 'org/seer:Q4', capabilities: ['chat', 'vision'], contextTokens: 131_072 });
const reader = aVersion({ id: 'ver_reader', reference: 'org/reader:Q4' });

test('a model takes pictures where both its weights and its engine do', () => {
  const config = aConfig('seer');

  expect([toPictures(config, seer, { engine: 'llama-server' }), toPictures(config, seer, { engine: 'embedded' }), toPictures(config, reader, { engine: 'llama-server' }), toPictures(config, undefined, { engine: 'external' })]).toEqual(['taken', 'not_by_engine', 'not_by_model', 'unknown']);
});

test('the context is the one that is loaded, else the one that a load would give', () => {
  const config = aConfig('seer');

  expect([toContextTokens(config, seer, { contextTokens: 512 }), toContextTokens(config, seer, { contextTokens: null }), toContextTokens(config, reader, undefined)]).toEqual([512, 8_192, 2_048]);
  expect([toContextTokens(aConfig('wide', { contextTokens: 32_768 }), seer, undefined), toContextTokens(config, undefined, { contextTokens: 0 })]).toEqual([32_768, null]);
});

test('a model is found by its name, and by the reference of its weights', () => {
  const models = listChatModels({ configs: { seer: aConfig('seer', { versionId: seer.id }), reader: aConfig('reader', { versionId: reader.id, problem: 'no_engine' }) }, versions: { [seer.id]: seer, [reader.id]: reader }, served: [] });

  expect([findChatModel(models, 'seer')?.name, findChatModel(models, 'org/reader:Q4')?.name, findChatModel(models, 'nobody'), findChatModel(models, null)]).toEqual(['seer', 'reader', null, null]);
});

test('who is asked keeps the name by which it was chosen', () => {
  const models = listChatModels({ configs: { own: aConfig('own', { versionId: seer.id }) }, versions: { [seer.id]: seer }, served: [] });

  expect(listAsked(models, ['org/seer:Q4', null, 'nobody']).map(({ name, reference }) => [name, reference])).toEqual([['org/seer:Q4', 'org/seer:Q4']]);
});

test('a comparison is with a model that is loaded, else one that can be, and with one that failed only for want of others', () => {
  const configs = { failed: aConfig('failed'), idle: aConfig('idle'), own: aConfig('own'), ready: aConfig('ready'), barred: aConfig('barred', { problem: 'no_engine' }) };
  const models = listChatModels({ configs, versions: {}, served: [aServedModel('failed', { configId: 'failed', state: 'failed' }), aServedModel('ready', { configId: 'ready', state: 'ready' })] });
  const without = (...names: string[]): typeof models => models.filter(({ name }) => !names.includes(name));

  expect([models, without('ready'), without('ready', 'idle'), without('ready', 'idle', 'failed')].map((some) => chooseCompared(some, 'own'))).toEqual(['ready', 'idle', 'failed', null]);
});
