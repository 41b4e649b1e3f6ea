import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { asideKey } from './aside-key.ts';
import { type ClaimDecision, decideClaim } from './claim.ts';
import { isTurnedAway } from './conflict.ts';
import { type AttemptEnd, conflicted, ended } from './end.ts';
import { asideIndexKeysOf, indexKeysOf } from './listing.ts';
import { type LedgerRecord, recordSchema } from './record.ts';
import { asNoted, type Submission } from './start.ts';

/** A later version has written it, and this one cannot say what it means. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
}

/** Somebody else has written the record since we read it, so what we know of it no longer holds. */
export class RecordChanged extends Error {
  override readonly name = 'RecordChanged';
}

export interface Ledger {
  /** The order that has this number. One consistent read. @throws {UnreadableRecord} */
  get(externalId: string): Promise<LedgerRecord | undefined>;
  /** Takes the order in hand, if it may be: nothing is sent to the CRM without. */
  claim(submission: Submission, leaseMs: number): Promise<ClaimDecision>;
  /** Writes how the attempt ended, and gives up the lease. @throws {RecordChanged} where the lease was lost. */
  end(record: LedgerRecord, end: AttemptEnd): Promise<LedgerRecord>;
  /**
   * Writes a record over the version that it was made from (0: over none).
   * @param by who writes it: an id of its own, unless told
   * @returns what was written, as the next write's base; `undefined` where somebody else was faster.
   */
  replace(record: LedgerRecord, by?: string): Promise<LedgerRecord | undefined>;
  /** What a caller is to be told of an order of its own that does not have its number, or not any more. */
  getAside(externalId: string, caller: string): Promise<LedgerRecord | undefined>;
  /** Keeps it, over an earlier one of the same caller; but what has just been accepted not over its own end. */
  putAside(record: LedgerRecord): Promise<void>;
}

export interface LedgerOptions {
  table: string;
  now?: () => number;
}

/** How long a record is kept after its last change: far longer than a message can live. */
export const RETENTION_DAYS = 90;

/** How often to look again when another consumer was faster: each time it was, somebody got on. */
const CLAIM_TRIES = 5;

const DAY_SECONDS = 24 * 60 * 60;

/**
 * The ledger on DynamoDB, one item an order. Every write is conditional on the version that it was made from, so of
 * two consumers with the same message in hand exactly one wins.
 */
export function createLedger(dynamodb: DynamoDBClient, options: LedgerOptions): Ledger {
  const { table, now = Date.now } = options;

  async function read(key: string): Promise<LedgerRecord | undefined> {
    const { Item } = await dynamodb.send(
      new GetItemCommand({ TableName: table, Key: { external_id: { S: key } }, ConsistentRead: true }),
    );
    if (Item === undefined) return undefined;
    const { data } = recordSchema.safeParse(unmarshall(Item));
    // What is wrong with it may quote what it says.
    if (data === undefined) throw new UnreadableRecord(`The record of ${key} cannot be read`);
    return data;
  }
  const get = read;

  const toItem = (record: object) =>
    marshall(
      { ...record, expires_at: Math.floor(now() / 1000) + RETENTION_DAYS * DAY_SECONDS },
      { removeUndefinedValues: true },
    );

  async function replace(record: LedgerRecord, by: string = randomUUID()): Promise<LedgerRecord | undefined> {
    const isFirst = record.version === 0;
    const written = { ...record, version: record.version + 1, written_by: by };
    try {
      await dynamodb.send(
        new PutItemCommand({
          TableName: table,
          Item: toItem({ ...written, ...indexKeysOf(written, now()) }),
          ...(isFirst ? { ConditionExpression: 'attribute_not_exists(external_id)' } : over(record)),
        }),
      );
      return written;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const current = await get(record.external_id);
      return current?.written_by === written.written_by ? written : undefined;
    }
  }

  async function putAside(record: LedgerRecord): Promise<void> {
    const { external_id, submitted_by, content_hash, state } = record;
    if (submitted_by === undefined) return;
    try {
      await dynamodb.send(
        new PutItemCommand({
          TableName: table,
          Item: toItem({
            ...record,
            external_id: asideKey(external_id, submitted_by),
            ...asideIndexKeysOf(record),
          }),
          ...(state === 'accepted' && {
            ConditionExpression: 'attribute_not_exists(external_id) OR content_hash <> :content',
            ExpressionAttributeValues: { ':content': { S: content_hash } },
          }),
        }),
      );
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  async function getAside(externalId: string, caller: string): Promise<LedgerRecord | undefined> {
    const record = await read(asideKey(externalId, caller));
    return record === undefined ? undefined : { ...record, external_id: externalId };
  }

  /** What would take another caller's place, unless it has been told once that the number is not its own. */
  async function turnAwayAgain(decision: ClaimDecision, submission: Submission): Promise<ClaimDecision> {
    const { external_id, submitted_by } = submission;
    if (decision.result !== 'acquired' || decision.former === undefined || submitted_by === undefined)
      return decision;
    const isAgain = isTurnedAway(await getAside(external_id, submitted_by), submission);
    return isAgain ? { result: 'conflict', reason: 'number_taken', record: decision.former } : decision;
  }

  return {
    get,
    replace,
    putAside,
    getAside,

    async claim(submission, leaseMs) {
      const { external_id, noted } = submission;
      for (let tries = 0; tries < CLAIM_TRIES; tries += 1) {
        // Mostly the door has noted it and nobody has touched it since: then nothing has to be read.
        const isAsNoted = tries === 0 && noted !== undefined;
        const known = isAsNoted ? asNoted(submission, noted) : await get(external_id);
        const decision = await turnAwayAgain(decideClaim(known, submission, now(), leaseMs), submission);
        switch (decision.result) {
          case 'acquired': {
            if (decision.former !== undefined) await putAside(decision.former);
            const record = await replace(decision.record);
            if (record !== undefined) return { ...decision, record };
            break;
          }
          case 'conflict': {
            const record = await replace(conflicted(decision.record, decision.reason, now()));
            if (record !== undefined) return { ...decision, record };
            break;
          }
          case 'done': {
            if (decision.record === known) return decision;
            const record = await replace(decision.record);
            if (record !== undefined) return { ...decision, record };
            break;
          }
          case 'superseded':
          case 'busy':
            return decision;
        }
      }
      return { result: 'busy', until: now() + 1000 };
    },

    async end(record, end) {
      let held = record;
      for (let tries = 0; tries < CLAIM_TRIES; tries += 1) {
        const written = await replace(ended(held, end, now()));
        if (written !== undefined) return written;
        const current = await get(record.external_id);
        // Somebody may have noted something meanwhile: only who has taken the order in hand takes it from us.
        if (current === undefined || !isSameLease(current, record)) break;
        held = current;
      }
      throw new RecordChanged(`The record of ${record.external_id} has changed`);
    },
  };
}

/** Over this very version; and by whom it was written, since two may have made one of the same number. */
const over = ({ version, written_by }: LedgerRecord) => ({
  ConditionExpression:
    written_by === undefined ? '#version = :seen' : '#version = :seen AND written_by = :writer',
  ExpressionAttributeNames: { '#version': 'version' },
  ExpressionAttributeValues: {
    ':seen': { N: String(version) },
    ...(written_by !== undefined && { ':writer': { S: written_by } }),
  },
});

const isSameLease = (a: LedgerRecord, b: LedgerRecord): boolean =>
  a.state === 'syncing' &&
  a.lease_until === b.lease_until &&
  a.attempts === b.attempts &&
  a.start === b.start &&
  a.content_hash === b.content_hash;
