"""Issues and one workflow of a repository on the small GitHub."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from github_server import REPOSITORY, ROOT, GitHub, error, made, valid


@dataclass
class Hub:
    """Issues, and how the publishing workflow is."""

    issues: list = field(default_factory=list)
    state: str = "active"
    runs: list = field(default_factory=list)
    has_workflow: bool = True
    api: GitHub | None = None

    def __getattr__(self, name):
        """Give what the whole GitHub has: what it was asked, its environment."""
        if name in {"asked", "written", "environment"}:
            return getattr(self.api, name)
        raise AttributeError(name)

    @property
    def open(self):
        return [issue for issue in self.issues if issue["state"] == "open"]

    def add(self, title, body="", **fields):
        number = len(self.issues) + 1
        fields = {"state": "open", "labels": [{"name": "mimin-alarm"}], **fields}
        issue = made("issue", number=number, title=title, body=body, **fields)
        self.issues.append(valid("issue", issue))
        return self.issues[-1]

    def run(self, at, conclusion="success", status="completed"):
        url = f"https://github.com/{REPOSITORY}/actions/runs/{len(self.runs)}"
        fields = {"created_at": at, "conclusion": conclusion, "status": status, "html_url": url}
        self.runs.append(valid("workflow-run", made("workflow-run", **fields)))

    def answer(self, method, path, query, body):
        path = path.removeprefix(ROOT)
        if path == "/issues" and method == "GET":
            return 200, self._listed(query), {}
        if path == "/issues":
            valid("issue-create", body)
            labels = [{"name": name} for name in body["labels"]]
            return 201, self.add(body["title"], body["body"], labels=labels), {}
        if (match := re.fullmatch(r"/issues/(\d+)", path)) and method == "PATCH":
            issue = self.issues[int(match[1]) - 1]
            issue.update(valid("issue-update", body))
            return 200, valid("issue", issue), {}
        if path.startswith("/actions/workflows/publish.yml"):
            return self._workflow(path)
        return None

    def _listed(self, query):
        label, page = query["labels"][0], int(query["page"][0])
        size = int(query["per_page"][0])
        found = [
            issue
            for issue in reversed(self.issues)
            if label in {entry["name"] for entry in issue["labels"]}
            and query["state"][0] in {"all", issue["state"]}
        ]
        return valid("issue[]", found[(page - 1) * size : page * size])

    def _workflow(self, path):
        if not self.has_workflow:
            return error(404, "Not Found")
        if path.endswith("/runs"):
            runs = valid("workflow-run[]", self.runs[::-1])
            return 200, {"total_count": len(runs), "workflow_runs": runs}, {}
        place = ".github/workflows/publish.yml"
        return 200, valid("workflow", made("workflow", state=self.state, path=place)), {}
