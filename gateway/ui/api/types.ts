/** The answers of the API, as docs/openapi.yaml describes them. */

export type FunctionState = 'ready' | 'starting' | 'degraded' | 'failing' | 'zero';

export interface InstanceView {
  readonly id: string;
  readonly state: 'starting' | 'restarting' | 'idle' | 'busy' | 'draining';
  readonly inFlight: number;
}

export interface FunctionView {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly state: FunctionState;
  readonly replicas: number;
  readonly availableReplicas: number;
  readonly createdAt: string;
  readonly deployedAt?: string;
  readonly calls: number;
  readonly inFlight: number;
  readonly rate: number;
  readonly errors: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly cpu?: number;
  readonly memory?: number;
  readonly instances?: readonly InstanceView[];
  readonly note?: string;
}

export interface QueueView {
  readonly queue: string;
  readonly function: string;
  readonly namespace: string;
  readonly waiting: number;
  readonly running: number;
}

export interface ScheduleView {
  readonly function: string;
  readonly namespace: string;
  readonly schedule: string;
  readonly next?: string;
  readonly lastRun?: string;
  readonly lastStatus?: number;
}

type Texts = Readonly<Record<string, string>>;

export interface Deployed {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
  readonly envProcess?: string;
  readonly envVars?: Texts;
  readonly secrets?: readonly string[];
  readonly constraints?: readonly string[];
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly limits?: Texts;
  readonly requests?: Texts;
  readonly readOnlyRootFilesystem?: boolean;
  readonly createdAt: string;
  readonly deployedAt?: string;
  readonly notes?: readonly string[];
  readonly nextRuns?: readonly string[];
}

export interface History {
  readonly stepSeconds: number;
  readonly start: string;
  readonly lines: Readonly<Record<string, readonly (number | null)[]>>;
}

export interface AsyncCall {
  readonly callId: string;
  readonly function: string;
  readonly namespace: string;
  readonly queue: string;
  readonly state: 'waiting' | 'running' | 'done' | 'dead' | 'cancelled';
  readonly callback: 'none' | 'pending' | 'sent' | 'failed';
  readonly tries: number;
  readonly submittedAt: string;
  readonly dueAt?: string;
  readonly finishedAt?: string;
  readonly lastStatus?: number;
  readonly lastSeconds?: number;
  readonly bytes: number;
}

export interface LogLine {
  readonly instance: string;
  readonly timestamp: string;
  readonly text: string;
}

export interface Timeouts {
  readonly read: number;
  readonly write: number;
  readonly upstream: number;
}
