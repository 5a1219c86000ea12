// SPDX-License-Identifier: GPL-3.0-or-later

/// Everything the listener counts, written from any thread.
package final class ListenerMetrics: Sendable {
  private let outputs = OutputKind.allCases.map { _ in OutputMetrics() }

  package init() {}

  func output(_ kind: OutputKind) -> OutputMetrics { outputs[kind.index] }
}
