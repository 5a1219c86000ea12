// SPDX-License-Identifier: GPL-3.0-or-later

/// What `kws bench inference` prints of several networks.
struct InferenceReport {
  let results: [InferenceBenchmark.Result]

  /// One row per network and engine.
  var clipTable: Table {
    var table = Table(
      header: [
        "a clip at once, int8", "engine", "M MAC", "median us", "p99 us", "call us",
        "ours / theirs",
        "posteriors",
      ], textColumnCount: 2)
    for result in results {
      let millions = fixed(Double(result.macPerWindow) * 1e-6, decimals: 2)
      for speed in [result.ours] + result.peers {
        let isOurs = speed.engine == result.ours.engine
        table.add([
          result.name, speed.engine, millions, fixed(speed.median * 1e6, decimals: 1),
          fixed(speed.p99 * 1e6, decimals: 1), fixed(speed.overhead * 1e6, decimals: 1),
          isOurs ? "" : fixed(result.ours.median / speed.median, decimals: 2),
          isOurs ? "" : speed.difference.map { "within \(fixed(Double($0), decimals: 3))" } ?? "-",
        ])
      }
    }
    return table
  }

  /// A stream's cost beside that of recomputing the window at every hop.
  var streamTable: Table {
    var table = Table(header: [
      "a hop of a stream", "k MAC", "us", "k MAC of the window", "us", "times less",
    ])
    for result in results {
      table.add([
        result.name, fixed(result.macPerHop * 1e-3, decimals: 1),
        fixed(result.hopSeconds * 1e6, decimals: 2),
        fixed(Double(result.macPerWindow) * 1e-3, decimals: 0),
        fixed(result.ours.median * 1e6, decimals: 1),
        fixed(result.ours.median / result.hopSeconds, decimals: 1),
      ])
    }
    return table
  }

  /// One object per network; times in microseconds.
  var json: String {
    JSONLine.array(
      results.map { result in
        var object = JSONLine()
        object.add("network", result.name)
        object.add("macPerWindow", result.macPerWindow)
        object.add("macPerHop", result.macPerHop, decimals: 1)
        object.add("hopMicroseconds", result.hopSeconds * 1e6, decimals: 3)
        object.add(
          "engines",
          json: JSONLine.array(
            ([result.ours] + result.peers).map { speed in
              var engine = JSONLine()
              engine.add("engine", speed.engine)
              engine.add("median", speed.median * 1e6, decimals: 3)
              engine.add("p99", speed.p99 * 1e6, decimals: 3)
              engine.add("call", speed.overhead * 1e6, decimals: 3)
              engine.add("oursToTheirs", result.ours.median / speed.median, decimals: 3)
              return engine.text
            }))
        return object.text
      })
  }
}
