// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// Every combination of the values of several options.
struct SearchSweep {
  /// An option, without the hyphens, and its values.
  struct Axis: Equatable {
    var option: String
    var values: [String]
  }

  let axes: [Axis]

  /// Axes such as `beta=1,4,16`.
  ///
  /// - Throws: `ValidationError` for a text of another form, or an option that a sweep sets itself.
  init(parsing texts: [String]) throws {
    axes = try texts.map { text in
      let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
      let values = sides.count == 2 ? sides[1].split(separator: ",").map(String.init) : []
      guard !values.isEmpty else {
        throw ValidationError(
          "--sweep \(text): expected an option and its values, such as beta=1,4,16")
      }
      guard !["output", "sweep", "resume"].contains(sides[0]) else {
        throw ValidationError("--sweep \(text): \(sides[0]) cannot be swept")
      }
      return Axis(option: sides[0], values: values)
    }
    let options = axes.map(\.option)
    guard Set(options).count == options.count else {
      throw ValidationError("--sweep: an option stands there twice")
    }
  }

  /// One value per axis, the last axis changing fastest.
  var combinations: [[(option: String, value: String)]] {
    axes.reduce([[]]) { combinations, axis in
      combinations.flatMap { combination in
        axis.values.map { combination + [(axis.option, $0)] }
      }
    }
  }

  /// The name of a combination's folder, such as `beta=4,coefficients=10`.
  static func name(_ combination: [(option: String, value: String)]) -> String {
    combination.map { "\($0.option)=\($0.value)" }.joined(separator: ",")
  }

  /// The arguments of a combination: those of the whole without what the sweep sets, then its own,
  /// which win over earlier ones.
  static func arguments(
    _ arguments: [String], _ combination: [(option: String, value: String)], output: String
  ) -> [String] {
    var kept: [String] = []
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      if ["--sweep", "--output"].contains(argument) {
        index += 2
        continue
      }
      if !argument.hasPrefix("--sweep=") && !argument.hasPrefix("--output=") {
        kept.append(argument)
      }
      index += 1
    }
    return kept + combination.flatMap { ["--\($0.option)", $0.value] } + ["--output", output]
  }
}
