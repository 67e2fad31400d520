import { Graph, layout } from '@dagrejs/dagre';
import { z } from 'zod';
import type { Lineage } from '#contract/models.ts';

export interface PlacedNode { id: string; x: number; y: number }
export interface PlacedEdge { from: string; to: string; relation: string; points: readonly { x: number; y: number }[] }
export interface LineagePlan { widthPx: number; heightPx: number; nodes: readonly PlacedNode[]; edges: readonly PlacedEdge[] }

export const NODE_PX = { width: 200, height: 40 } as const;

const placed = z.object({ x: z.number(), y: z.number() });
const line = z.object({ points: z.array(placed) });
const area = z.object({ width: z.number(), height: z.number() });

/** Where each node and line of a lineage stands, what it came from above it. Pixels, from the top left; nodes by their middle. */
export function planLineage({ nodes, edges }: Lineage): LineagePlan {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 28, ranksep: 54, marginx: 8, marginy: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { ...NODE_PX });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const { width, height } = area.parse(graph.graph());
  return {
    widthPx: width, heightPx: height,
    nodes: nodes.map(({ id }) => ({ id, ...placed.parse(graph.node(id)) })),
    edges: edges.map(({ from, to, relation }) => ({ from, to, relation, ...line.parse(graph.edge(from, to)) })),
  };
}
