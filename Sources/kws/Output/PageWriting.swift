// SPDX-License-Identifier: GPL-3.0-or-later

import Reports
import Storage

extension Page {
  /// Writes the page as `folder/name.html` and its figures beside it, each whole or not at all.
  func write(to folder: String, name: String) throws {
    for figure in figures {
      try File.replace(
        "\(folder)/\(figure.name).svg", with: Array(figure.drawing.svg().utf8).span)
    }
    try File.replace("\(folder)/\(name).html", with: Array(html().utf8).span)
  }
}
