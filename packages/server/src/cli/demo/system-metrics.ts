import { seriesOf } from './learning-curve.ts'
import type { Series } from './run-plan.ts'
import type { Random } from './seeded-random.ts'

const samples = 40

interface Machine {
  /** Percent that the GPU is busy on average; a machine without one when absent. */
  readonly gpu?: number
  readonly cpu: number
  readonly memoryMegabytes: number
}

/** What MLflow's system metrics say of a training: busy between dips for validation, memory slowly growing. */
export function systemMetrics(machine: Machine, startTime: number, endTime: number, random: Random): Series[] {
  const along = (value: (index: number, isPause: boolean) => number): number[] =>
    Array.from({ length: samples }, (_, index) => value(index, index % 9 === 8))
  const percent = (value: number): number => Math.round(Math.min(100, Math.max(0, value)) * 10) / 10
  const series = (key: string, values: readonly number[]): Series =>
    seriesOf(`system/${key}`, values, startTime, endTime)
  const { cpu, gpu, memoryMegabytes } = machine
  return [
    series(
      'cpu_utilization_percentage',
      along((_, isPause) => percent(cpu * (isPause ? 1.4 : 1) + random.normal() * 4)),
    ),
    series(
      'system_memory_usage_megabytes',
      along((index) => Math.round(memoryMegabytes * (0.8 + 0.2 * (1 - Math.exp(-index / 8))) + random.normal() * 40)),
    ),
    series(
      'disk_usage_megabytes',
      along((index) => Math.round(48_200 + index * 12.5)),
    ),
    series(
      'network_receive_megabytes',
      along((index) => Math.round(120 + index * 31 + random.unit() * 9)),
    ),
    ...(gpu === undefined
      ? []
      : [
          series(
            'gpu_0_utilization_percentage',
            along((_, isPause) => percent((isPause ? gpu * 0.35 : gpu) + random.normal() * 3)),
          ),
          series(
            'gpu_0_memory_usage_megabytes',
            along((index) => Math.round(gpu * 230 * (index === 0 ? 0.4 : 1) + random.normal() * 15)),
          ),
        ]),
  ]
}
