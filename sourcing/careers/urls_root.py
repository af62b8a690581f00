"""Addresses that have to stand at the root: what search engines look for there, and the short personal ones."""

from django.urls import path, re_path

from sourcing.boards import feed_views
from sourcing.careers import go_views, my_data_views, other_time_views, robots_views, status_views
from sourcing.community import views as community_views
from sourcing.job_alerts import views as job_alert_views

urlpatterns = [
    re_path(r"^go/(?P<token>[^/]{1,40})/?$", go_views.go, name="go"),
    path("feeds/<slug:key>/<slug:token>.xml", feed_views.feed, name="feed"),
    path("sitemap.xml", robots_views.sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", robots_views.sitemap_file, name="sitemap_file"),
    path("robots.txt", robots_views.robots, name="robots"),
    path("status/", status_views.ask_again, name="status_again"),
    path("status/<str:token>/", status_views.application_status, name="status"),
    path("status/<str:token>/questions/<int:question>/", status_views.answer, name="status_answer"),
    path("status/<str:token>/interviews/<int:interview>/", other_time_views.other_time, name="status_other_time"),
    path("status/<str:token>/data/", status_views.ask_for_data, name="status_data"),
    path("community/<str:token>/", community_views.member, name="community_member"),
    path("community/<str:token>/leave/", community_views.leave, name="community_leave"),
    path("alerts/<str:token>/", job_alert_views.alert, name="job_alert"),
    path("alerts/<str:token>/end/", job_alert_views.end, name="job_alert_end"),
    path("confirm/<str:token>/", status_views.confirm_address, name="confirm_address"),
    path("my-data/<str:token>/", my_data_views.my_data, name="my_data"),
    path("my-data/<str:token>/download/", my_data_views.download, name="my_data_download"),
    path("my-data/<str:token>/file/<int:document>/", my_data_views.file, name="my_data_file"),
    path("status/<str:token>/withdraw/", status_views.withdraw, name="status_withdraw"),
]
