// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what is in a model: layers, shapes, bits, operations, bytes, provenance.")

  @Argument(help: "A model file.")
  var model: String

  func run() throws {
    let model = try loadModel(model)
    print(model.architecture.name)
  }
}
