"""Stands in for a site of the internet: a proxy that answers each request to it with what another address answers.

usage: slack.py CERTIFICATE KEY ADDRESS
"""

import http.server
import ssl
import sys
import urllib.request

certificate, key, address = sys.argv[1:]
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate, key)


class Site(http.server.BaseHTTPRequestHandler):
    def do_CONNECT(self):
        self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        self.request = tls.wrap_socket(self.request, server_side=True)
        self.setup()

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        request = urllib.request.Request(address + self.path, body, headers, method=self.command)
        with urllib.request.urlopen(request) as answered:
            text = answered.read()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
        self.close_connection = True

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
Site.protocol_version = "HTTP/1.1"
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
