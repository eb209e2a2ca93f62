import { flag, listOf, mapOf, object, text, type Shape } from '../../json/shape.ts';

/** The fields of an engine's answers that are read (Docker's API 1.41, which Podman has too). */

const number: Shape<number> = {
  zero: 0,
  read: (value) => (typeof value === 'number' ? value : 0),
};

export const INFO = object({
  OperatingSystem: text,
  OSType: text,
  SecurityOptions: listOf(text),
  /** In Podman's answer; Docker has it among its SecurityOptions. */
  Rootless: flag,
});

const HEALTHCHECK = object({
  Test: listOf(text),
  /** In nanoseconds, like the next two. */
  Interval: number,
  Timeout: number,
  StartPeriod: number,
  Retries: number,
});

export type HealthCheck = typeof HEALTHCHECK.zero;

export const IMAGE = object({
  Id: text,
  Config: object({ Env: listOf(text), Healthcheck: HEALTHCHECK }),
});

export const CREATED = object({ Id: text });

const PORTS = mapOf(listOf(object({ HostIp: text, HostPort: text })));

export const CONTAINER = object({
  Id: text,
  Image: text,
  State: object({
    Status: text,
    Running: flag,
    OOMKilled: flag,
    ExitCode: number,
    Error: text,
    StartedAt: text,
  }),
  Config: object({ Labels: mapOf(text), Env: listOf(text) }),
  /** `host`; `container:ID` where the container shares the network of another, as in a pod; or a network's name. */
  HostConfig: object({ NetworkMode: text }),
  Mounts: listOf(object({ Source: text, Destination: text })),
  NetworkSettings: object({ Ports: PORTS, Networks: mapOf(object({ IPAddress: text })) }),
});

export type Container = typeof CONTAINER.zero;

export const CONTAINERS = listOf(object({ Id: text, State: text, Labels: mapOf(text) }));

export type ListedContainer = (typeof CONTAINERS.zero)[number];

export const NETWORK = object({
  Id: text,
  Name: text,
  IPAM: object({ Config: listOf(object({ Gateway: text, Subnet: text })) }),
});

export const NETWORKS = listOf(object({ Id: text, Name: text, Labels: mapOf(text) }));

export const EVENT = object({ Action: text, Actor: object({ ID: text }) });

export type EngineEvent = typeof EVENT.zero;

export const PULL_STEP = object({ error: text, errorDetail: object({ message: text }) });

export const STATS = object({
  cpu_stats: object({ cpu_usage: object({ total_usage: number }) }),
  memory_stats: object({ usage: number, stats: mapOf(number) }),
});

export const EXEC = object({ Running: flag, ExitCode: number });
