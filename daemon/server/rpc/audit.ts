/** Requests about the audit log. */
import type { Handlers } from "../../../protocol/index.ts";
import { readAuditPage } from "../../security/audit/read.ts";
import type { RpcContext } from "./connection.ts";

const DEFAULT_LIMIT = 100;

export function createAuditHandlers(home: string): Pick<Handlers<RpcContext>, "audit/list"> {
  return {
    async "audit/list"({ limit = DEFAULT_LIMIT, ...place }) {
      const { records, ...page } = await readAuditPage(home, { limit, ...place });
      const listed = records.map(({ number, at, entry: { approvalHash: _, ...entry } }) => ({ number, at, ...entry }));
      return { records: listed, ...page };
    },
  };
}
