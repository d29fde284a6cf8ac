//! Edges added one by one, of which those that would close a circle are refused.
//!
//! An order of the nodes is kept in which every edge leads onward (Pearce and Kelly, 2006). An edge
//! that agrees with it closes no circle and costs nothing; any other costs a search between its
//! ends. The order begins as that of a depth-first walk over all edges there could be: only edges
//! within a circle disagree with that, so without circles nothing is ever searched.

/// A graph without circles.
pub(super) struct Acyclic {
    /// Where each node stands; every edge leads to a later place.
    place: Vec<usize>,
    next: Vec<Vec<usize>>,
    previous: Vec<Vec<usize>>,
}

impl Acyclic {
    /// A graph without edges yet; `possible` says where edges from each node may lead. Others can
    /// be added too, only more slowly.
    pub(super) fn of(possible: &[Vec<usize>]) -> Self {
        let mut place = vec![0; possible.len()];
        for (at, node) in finished(possible).into_iter().rev().enumerate() {
            place[node] = at;
        }
        Self {
            place,
            next: vec![Vec::new(); possible.len()],
            previous: vec![Vec::new(); possible.len()],
        }
    }

    /// Whether an edge closes no circle.
    pub(super) fn allows(&mut self, from: usize, to: usize) -> bool {
        if from == to {
            return false;
        }
        let (first, last) = (self.place[to], self.place[from]);
        if last < first {
            return true;
        }
        // What the edge leads to has to move behind what leads to it. Nothing beyond the two ends
        // is concerned.
        let mut after = reached(&self.next, to, |node| self.place[node] <= last);
        if after.contains(&from) {
            return false;
        }
        let mut before = reached(&self.previous, from, |node| self.place[node] >= first);
        for nodes in [&mut before, &mut after] {
            nodes.sort_unstable_by_key(|node| self.place[*node]);
        }
        before.append(&mut after);
        let mut places: Vec<_> = before.iter().map(|node| self.place[*node]).collect();
        places.sort_unstable();
        for (node, place) in before.into_iter().zip(places) {
            self.place[node] = place;
        }
        true
    }

    /// Adds an edge that is allowed.
    pub(super) fn add(&mut self, from: usize, to: usize) {
        debug_assert!(self.place[from] < self.place[to], "the edge was allowed");
        self.next[from].push(to);
        self.previous[to].push(from);
    }
}

/// The nodes in the order in which a depth-first walk is done with them.
fn finished(edges: &[Vec<usize>]) -> Vec<usize> {
    let mut done = Vec::with_capacity(edges.len());
    let mut seen = vec![false; edges.len()];
    for start in 0..edges.len() {
        if std::mem::replace(&mut seen[start], true) {
            continue;
        }
        // Without recursion: a chain may be as long as the tracker.
        let mut walk = vec![(start, edges[start].iter())];
        while let Some((node, rest)) = walk.last_mut() {
            match rest.next() {
                Some(to) if !std::mem::replace(&mut seen[*to], true) => walk.push((*to, edges[*to].iter())),
                Some(_) => {}
                None => {
                    done.push(*node);
                    walk.pop();
                }
            }
        }
    }
    done
}

/// The start, and what can be reached from it over nodes that are concerned.
fn reached(edges: &[Vec<usize>], start: usize, concerned: impl Fn(usize) -> bool) -> Vec<usize> {
    let mut seen = std::collections::HashSet::from([start]);
    let mut found = vec![start];
    let mut at = 0;
    while let Some(node) = found.get(at).copied() {
        let next = edges[node].iter().copied();
        found.extend(next.filter(|next| concerned(*next) && seen.insert(*next)));
        at += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Acyclic;

    /// The edges that were refused.
    fn refused(nodes: usize, edges: &[(usize, usize)], known: bool) -> Vec<(usize, usize)> {
        let mut possible = vec![Vec::new(); nodes];
        for (from, to) in edges.iter().filter(|_| known) {
            possible[*from].push(*to);
        }
        let mut graph = Acyclic::of(&possible);
        let mut refused = Vec::new();
        for (from, to) in edges.iter().copied() {
            match graph.allows(from, to) {
                true => graph.add(from, to),
                false => refused.push((from, to)),
            }
        }
        refused
    }

    /// The same, by looking for a way back every time.
    fn refused_by_search(nodes: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let mut leads = vec![vec![false; nodes]; nodes];
        let mut refused = Vec::new();
        for (from, to) in edges.iter().copied() {
            if from == to || leads[to][from] {
                refused.push((from, to));
                continue;
            }
            for start in (0..nodes)
                .filter(|start| *start == from || leads[*start][from])
                .collect::<Vec<_>>()
            {
                let onwards = leads[to].clone();
                for (end, leads_there) in leads[start].iter_mut().enumerate() {
                    *leads_there |= end == to || onwards[end];
                }
            }
        }
        refused
    }

    /// Whoever searches from every edge does not finish this.
    #[test]
    fn long_chains_and_rings_are_quick() {
        const LENGTH: usize = 200_000;
        let onward: Vec<_> = (1..LENGTH).map(|n| (n - 1, n)).collect();
        let back: Vec<_> = (1..LENGTH).map(|n| (n, n - 1)).collect();
        for edges in [&onward, &back] {
            assert_eq!(refused(LENGTH, edges, true), []);
        }
        let ring = [&back[..], &[(0, LENGTH - 1)]].concat();
        assert_eq!(refused(LENGTH, &ring, true), [(0, LENGTH - 1)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_first_edge_to_close_a_circle_is_refused(
            edges in prop::collection::vec((0_usize..15, 0_usize..15), 0..120),
            known in any::<bool>(),
        ) {
            prop_assert_eq!(refused(15, &edges, known), refused_by_search(15, &edges));
        }
    }
}
